// JSON as it is written: every token stays what it was, so that 1e400, a key twice or an odd escape get where they are
// to do harm. A node is `{raw}`, `{items}` or `{members}`, of `[name, node]`; both may say which place they stand `for`.

const TOKEN = /[\s]*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|([^\s{}[\],:"]+))/gsy

/** How deep brackets stand in each other, also where they are part of a text. */
export function depthOf(text) {
  let [depth, most] = [0, 0]
  for (const character of text) {
    if (character === '{' || character === '[') most = Math.max(most, ++depth)
    else if (character === '}' || character === ']') depth--
  }
  return most
}

/** The tree of a text that is known to be JSON. */
export function read(text) {
  const tokens = [...text.matchAll(TOKEN)].map(([, mark, string, word]) => mark ?? string ?? word)
  let at = 0
  const node = () => {
    const token = tokens[at++]
    if (token === '[') return { items: row(']', node) }
    if (token !== '{') return { raw: token }
    return { members: row('}', () => [JSON.parse(tokens[(at += 2) - 2]), node()]) }
  }
  const row = (end, one) => {
    const all = []
    while (tokens[at] !== end) {
      all.push(one())
      if (tokens[at] === ',') at++
    }
    at++
    return all
  }
  return node()
}

/** A tree as text. */
export function write({ raw, items, members }) {
  if (items) return `[${items.map(write).join(',')}]`
  return members ? `{${members.map(([name, node]) => `${JSON.stringify(name)}:${write(node)}`).join(',')}}` : raw
}

export const raw = (value) => ({ raw: JSON.stringify(value) })
export const isText = (node) => node?.raw?.[0] === '"'
export const textOf = (node) => (isText(node) ? JSON.parse(node.raw) : undefined)

/** The last member of this name, as most readers take it. */
export const member = (node, name) => node?.members?.findLast(([own]) => own === name)?.[1]

/** A step of a JSON pointer as problems write it: `limits::NAME_BYTES` characters of a name. */
export const step = (name) => Array.from(name).slice(0, 64).join('').replaceAll('~', '~0').replaceAll('/', '~1')

/** Which place of the other dialect each place stands for. */
export function places(node, pointer = '', found = new Map()) {
  if (node.for !== undefined) found.set(pointer, node.for)
  for (const [name, place] of Object.entries(node.missing ?? {})) found.set(`${pointer}/${name}`, place)
  node.items?.forEach((item, index) => places(item, `${pointer}/${index}`, found))
  node.members?.forEach(([name, inner]) => places(inner, `${pointer}/${step(name)}`, found))
  return found
}

/** A place by the longest known one above it. */
export function placed(found, pointer) {
  for (let end = pointer.length; end >= 0; end = pointer.lastIndexOf('/', end - 1)) {
    const known = found.get(pointer.slice(0, end))
    if (known !== undefined) return known + pointer.slice(end)
    if (end === 0) break
  }
  return pointer
}
