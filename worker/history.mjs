// The whole audit log as NDJSON, oldest first: `GET P/audit?format=ndjson`. It is read page by page, so that a log of any
// length passes through little memory.

const encoder = new TextEncoder()

/** Always the same bytes for the same row, so that nobody can touch them unseen. */
const line = ({ n, at, who, action, subject, detail, hash }) => `${JSON.stringify({ n, at, who, action, subject, detail, hash })}\n`

/** Answers with all lines that `ask` gives, or with its refusal. */
export async function history(request, ask) {
  const page = (from) => {
    const url = new URL(request.url)
    url.search = `?from=${from}&limit=1000`
    return ask(new Request(url, { headers: request.headers }))
  }
  const first = await page(1)
  if (!first.ok) return first
  let { rows } = await first.json()
  const body = new ReadableStream({
    async pull(controller) {
      if (!rows.length) return controller.close()
      controller.enqueue(encoder.encode(rows.map(line).join('')))
      const next = await page(rows.at(-1).n + 1)
      // Half a log that looks like a whole one would be worse than none.
      if (!next.ok) throw new Error(`the log breaks off after line ${rows.at(-1).n}`)
      rows = (await next.json()).rows
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } })
}
