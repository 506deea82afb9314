// Where something stands in a JSON text, for whoever has the file before them.

/** The line, from 1, of what a JSON Pointer names, or of the last on the way to it that is there. */
export function lineOf(text, pointer) {
  const parts = pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  let at = 0
  const blank = () => {
    while (/\s/.test(text[at] ?? '')) at++
  }
  const string = () => {
    const start = at++
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    return text.slice(start, ++at)
  }
  const skip = () => {
    for (let depth = 0; at < text.length; ) {
      if (text[at] === '"') string()
      else if ('[{'.includes(text[at])) depth++, at++
      else if (']}'.includes(text[at])) {
        if (depth === 0) return
        depth--, at++
      } else if (text[at] === ',' && depth === 0) return
      else at++
      if (depth === 0 && ',]}'.includes(text[at] ?? ',')) return
    }
  }
  let found = 0
  for (const part of parts) {
    blank()
    const list = text[at] === '['
    if (!list && text[at] !== '{') break
    at++
    let index = 0
    for (;;) {
      blank()
      if (at >= text.length || ']}'.includes(text[at])) return line(text, found)
      const start = at
      const key = list ? String(index++) : JSON.parse(string())
      if (!list) {
        blank()
        at++
        blank()
      }
      if (key === part) {
        found = start
        break
      }
      skip()
      blank()
      if (text[at] === ',') at++
    }
  }
  return line(text, found)
}

/** The line of a mistake that `JSON.parse` has told of. */
export function lineOfMistake(text, { message }) {
  const [, position] = /position (\d+)/.exec(message) ?? []
  return line(text, position === undefined ? text.length : Number(position))
}

const line = (text, at) => text.slice(0, at).split('\n').length
