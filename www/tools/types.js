// Flags as TypeScript sees them: each key with the type of its values. The same document gives the same text.

/** The declarations of a document that is in order; with `client`, those of flags that browsers may know. */
export function typesOf({ flags }, client) {
  const keys = Object.keys(flags).filter((key) => !client || flags[key].client).sort()
  const entries = keys.map((key) => `${comment(flags[key])}    ${property(key)}: ${typeOfFlag(flags[key])}\n`)
  return `// Made by \`npx pointsman types\`. Changes here are lost.
import 'pointsman'

declare module 'pointsman' {
  interface Flags {
${entries.join('')}  }
}
`
}

const SIMPLE = { boolean: 'boolean', number: 'number', string: 'string' }

const typeOfFlag = ({ kind, variants }) => SIMPLE[kind] ?? typeOfAll(Object.values(variants), '    ')

/** The type that all of these values have: a union, in which objects are one with the keys of all. */
function typeOfAll(values, indent) {
  const simple = Object.keys(SIMPLE).filter((name) => values.some((value) => typeof value === name))
  const lists = values.filter(Array.isArray)
  const objects = values.filter((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
  const union = [...simple]
  if (values.includes(null)) union.push('null')
  if (objects.length > 0) union.push(typeOfObjects(objects, indent))
  if (lists.length > 0) union.push(typeOfLists(lists.flat(), indent))
  return union.join(' | ')
}

function typeOfLists(items, indent) {
  const item = items.length > 0 ? typeOfAll(items, indent) : 'never'
  return item.includes('|') ? `(${item})[]` : `${item}[]`
}

function typeOfObjects(objects, indent) {
  const inner = `${indent}  `
  const keys = [...new Set(objects.flatMap(Object.keys))].sort()
  if (keys.length === 0) return 'Record<string, never>'
  const entries = keys.map((key) => {
    const having = objects.filter((object) => Object.hasOwn(object, key))
    const optional = having.length < objects.length ? '?' : ''
    return `${inner}${property(key)}${optional}: ${typeOfAll(having.map((object) => object[key]), inner)}\n`
  })
  return `{\n${entries.join('')}${indent}}`
}

const property = (key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key))

/** A text in the language's own quotes. */
const quoted = (text) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

/** What the flag is for, where editors show it; one that is out of use is struck out there. */
function comment({ description, archived }) {
  const words = description?.replaceAll(/\s+/g, ' ').replaceAll('*/', '*\\/').trim()
  const said = [words, archived && '@deprecated This flag is archived: it serves its off variant.'].filter(Boolean)
  return said.length > 0 ? `    /** ${said.join(' ')} */\n` : ''
}
