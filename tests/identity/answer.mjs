// What one engine answers to pairs of the generator. No imports: the same file runs in Node, in a page and in workerd,
// each with its own way to get at the evaluator.

/** The answers to lines of `{snapshot, cases}`: for each case the decisions' bytes, then the plan's words. */
export function answers(evaluator, text) {
  const parts = []
  for (const line of text.split('\n')) {
    if (!line) continue
    const { snapshot, cases } = JSON.parse(line)
    evaluator.load(Uint8Array.from(snapshot.match(/../g), (pair) => Number.parseInt(pair, 16)))
    for (const [context, path, now] of cases) {
      const decisions = evaluator.evaluate(context, now)
      parts.push(decisions.bytes, words(evaluator.plan(decisions, path)))
    }
  }
  return joined(parts)
}

/** A plan's steps in the order of pages: an exposure comes before its page's edits. */
function words({ steps }) {
  const bytes = new Uint8Array(steps.length * 4)
  const view = new DataView(bytes.buffer)
  steps.forEach((step, index) => view.setUint32(index * 4, step, true))
  return bytes
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
