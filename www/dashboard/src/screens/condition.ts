// Conditions of a document, which previews quote as they are written there, in the words of explanations.

const VERBS: Record<string, string> = {
  exists: 'is there', equals: 'is', in: 'is one of', listed: 'is on a list', starts: 'starts with', ends: 'ends with',
  contains: 'contains', glob: 'has the form', matches: 'matches', less: 'is less than', atMost: 'is at most',
  greater: 'is more than', atLeast: 'is at least', between: 'is between', version: 'is a version in', before: 'is before',
  after: 'is after', ip: 'is an IP address in', size: 'is a list whose size is',
}

type Test = { attribute?: string } & Record<string, unknown>

/** What is no condition, or one that is newer than this page, stays as it is. */
export function inWords(text: string): string {
  try {
    return text.startsWith('{') ? wordsOf(JSON.parse(text)) : text
  } catch {
    return text
  }
}

export function wordsOf(condition: Record<string, unknown>): string {
  const [[name, inner] = ['', undefined]] = Object.entries(condition)
  const row = (word: string): string => (inner as Record<string, unknown>[]).map(part).join(` ${word} `)
  if (name === 'all') return row('and')
  if (name === 'any') return row('or')
  if (name === 'not') return `not (${wordsOf(inner as Record<string, unknown>)})`
  if (name === 'segment') return `in the segment ${inner}`
  const test = inner as Test
  if (name === 'listed' && Array.isArray(test.ids)) return `${test.attribute} is on a list of ${test.ids.length.toLocaleString('en')}`
  if (name === 'flag') return `the flag ${test.key} serves ${values(test.is)}`
  const verb = VERBS[name]
  if (verb === undefined || test.attribute === undefined || test.list !== undefined) return JSON.stringify(condition)
  return `${test.attribute} ${verb} ${operand(test)}`.trim()
}

/** What stands within `and` and `or` and has such words itself is put in brackets. */
const part = (condition: Record<string, unknown>): string =>
  ('all' in condition || 'any' in condition ? `(${wordsOf(condition)})` : wordsOf(condition))

function operand({ attribute, ignoreCase, salt, ids, ...rest }: Test): string {
  const own = Object.values(rest).map(values).join(' and ')
  return ignoreCase ? `${own}, whatever its case` : own
}

/** The first few; more are a list to look up. */
function values(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value)
  const some = value.slice(0, 5).map((item) => JSON.stringify(item)).join(', ')
  return value.length > 5 ? `${some} and ${value.length - 5} more` : some
}
