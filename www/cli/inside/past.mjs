// Past experiments in files, as a table (CSV) or as Markdown with front matter, and the records that the library takes of
// them (docs/api.md). The dashboard and the command line read alike; nothing here touches a file or a page.

import { tableOf } from './table.mjs'

/** What a record may have, what people call it, and words by which a column is recognised. */
export const FIELDS = [
  { name: 'title', label: 'Title', like: ['name', 'experiment', 'test', 'experimentname', 'testname'] },
  { name: 'key', label: 'Key', like: ['id', 'slug', 'experimentid', 'testid'] },
  { name: 'decision', label: 'Decision', like: ['outcome', 'result', 'verdict', 'winner', 'conclusion'] },
  { name: 'started', label: 'Started', like: ['start', 'startdate', 'from', 'launched', 'begin'] },
  { name: 'ended', label: 'Ended', like: ['end', 'enddate', 'until', 'to', 'stopped', 'concluded', 'date'] },
  { name: 'expected', label: 'Expected', like: ['hypothesis', 'expectation', 'goal', 'prediction'] },
  { name: 'found', label: 'Found', like: ['finding', 'findings', 'lift', 'effect', 'summary', 'results'] },
  { name: 'metric', label: 'Metric', like: ['primarymetric', 'kpi', 'goalmetric', 'oec'] },
  { name: 'team', label: 'Team', like: ['squad', 'area', 'group'] },
  { name: 'author', label: 'Author', like: ['owner', 'createdby', 'by'] },
  { name: 'reviewer', label: 'Reviewer', like: ['reviewedby'] },
  { name: 'decidedBy', label: 'Decided by', like: [] },
  { name: 'state', label: 'State', like: ['status'] },
  { name: 'text', label: 'Text (Markdown)', like: ['notes', 'note', 'learning', 'learnings', 'lessons', 'description', 'body', 'comments'] },
]

/** Words that people use for what was decided. */
const DECISIONS = {
  ship: ['ship', 'shipped', 'win', 'winner', 'won', 'success', 'successful', 'positive', 'rolledout', 'launched', 'implemented'],
  keep: ['keep', 'kept', 'loss', 'lost', 'loser', 'lose', 'negative', 'neutral', 'flat', 'inconclusive', 'nodifference', 'noeffect', 'rejected', 'failed'],
  again: ['again', 'rerun', 'repeat', 'repeated', 'iterate'],
  abort: ['abort', 'aborted', 'cancelled', 'canceled', 'abandoned', 'stopped', 'invalid'],
}

/** Records of a call, and characters of them: far below what a form may weigh, in any script. */
const AT_ONCE = 100
const CHARS = 20_000

const plain = (word) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/**
 * What files hold: `{columns, rows, problems}`. A row has `cells` by column, and `place(column)`, which says where that
 * stands; a problem has `{place, cause, fix}`. `files` are `{name, text}`.
 */
export function sourceOf(files) {
  const [columns, rows, problems] = [new Set(), [], []]
  for (const { name, text: written } of files) {
    const text = written.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
    const isMarkdown = /\.(md|markdown)$/i.test(name)
    const found = isMarkdown ? frontOf(text) : tableOf(text)
    for (const column of found.columns) columns.add(column)
    for (const { cells, lineOf } of found.rows) rows.push({ cells, place: (column) => `${name}:${lineOf(column)}` })
    for (const { line, cause, fix } of found.problems) problems.push({ place: `${name}:${line}`, cause, fix })
  }
  return { columns: [...columns], rows, problems }
}

/** Which column each field is read from, as far as their names say: `{title: 'Test name'}`. */
export function guessed(columns) {
  const left = [...columns]
  const mapping = {}
  const take = (name, fits) => {
    const place = mapping[name] === undefined ? left.findIndex((column) => fits(plain(column))) : -1
    if (place >= 0) mapping[name] = left.splice(place, 1)[0]
  }
  for (const { name } of FIELDS) take(name, (column) => column === plain(name))
  for (const { name, like } of FIELDS) take(name, (column) => like.includes(column))
  return mapping
}

/** The records of what files hold: `{records: [{record, place(field)}], problems}`; `mapping` names the column of each field. */
export function recordsOf({ rows }, mapping) {
  const [records, problems, keys] = [[], [], new Map()]
  if (rows.length && !mapping.title) return { records, problems: [{ place: rows[0].place(), cause: 'No column is the title.', fix: 'Say which one is.' }] }
  for (const { cells, place } of rows) {
    const at = (field) => place(mapping[field])
    const record = {}
    const say = (field, cause, fix) => problems.push({ place: at(field), cause, fix })
    for (const { name } of FIELDS) {
      const written = (cells[mapping[name]] ?? '').trim()
      if (!written) continue
      const { value = written, cause, fix } = READ[name]?.(written) ?? {}
      if (cause) say(name, cause, fix)
      else record[name] = value
    }
    if (!record.title) say('title', 'It has no title.', 'Write one.')
    record.key ??= keyOf(record.title ?? '')
    for (const [name, written] of Object.entries(told(record.text))) record[name] ??= written
    const before = keys.get(record.key)
    if (before) say('key', `Its key “${record.key}” is that of ${before}.`, 'Give one of them another title, or a key.')
    else keys.set(record.key, at('key'))
    records.push({ record, place: at })
  }
  return { records: problems.length ? [] : records, problems }
}

/** How a text of a field becomes what the library takes. */
const READ = {
  decision: (written) => {
    const [decision] = Object.entries(DECISIONS).find(([, words]) => words.includes(plain(written))) ?? []
    return decision ? { value: decision } : { cause: `“${written}” is no decision.`, fix: 'Write ship, keep, again or abort.' }
  },
  started: day,
  ended: day,
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

function day(written) {
  const parts = (pattern) => pattern.exec(written)?.slice(1)
  const iso = parts(/^(\d{4})-(\d\d?)-(\d\d?)(?:$|[T ])/)
  const dotted = parts(/^(\d\d?)\.(\d\d?)\.(\d{4})$/)?.toReversed()
  const slashed = parts(/^(\d\d?)\/(\d\d?)\/(\d{4})$/)
  const [, first, name, second, year] = /^(?:(\d\d?) )?([A-Za-z]{3})[a-z]*\.? (?:(\d\d?),? )?(\d{4})$/.exec(written) ?? []
  const named = year && [year, MONTHS.indexOf(name.toLowerCase()) + 1, first ?? second]
  let found = iso ?? dotted ?? named
  if (slashed) {
    const [one, other, year] = slashed.map(Number)
    if (one <= 12 && other <= 12 && one !== other) return { cause: `“${written}” may be two days.`, fix: 'Write year, month and day, as 2024-12-31.' }
    found = one > 12 ? [year, other, one] : [year, one, other]
  }
  const [y, m, d] = (found ?? []).map(Number)
  const exact = new Date(Date.UTC(y, m - 1, d))
  if (found && exact.getUTCMonth() === m - 1 && exact.getUTCDate() === d) return { value: exact.toISOString().slice(0, 10) }
  return { cause: `“${written}” is no day.`, fix: 'Write one as 2024-12-31.' }
}

/** A key for a title. */
function keyOf(title) {
  const key = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '').slice(0, 60).replace(/-+$/, '')
  return /^[a-z]/.test(key) ? key : `test-${key}`.replace(/-$/, '')
}

/** What a debrief's own text says of what was expected and found. */
function told(text = '') {
  const said = (word) => new RegExp(`^\\*\\*${word}\\.\\*\\* (.+)$`, 'm').exec(text)?.[1]
  return Object.fromEntries(Object.entries({ expected: said('Expected'), found: said('Found') }).filter(([, written]) => written))
}

/** Records in pieces that one call takes. */
export function batches(records) {
  const pieces = []
  let room = 0
  for (const one of records) {
    const size = JSON.stringify(one.record).length
    if (room < size || pieces.at(-1).length >= AT_ONCE) {
      pieces.push([])
      room = CHARS
    }
    pieces.at(-1).push(one)
    room -= size
  }
  return pieces
}

/** Where in the files that stands which the engine refuses in one of these records. */
export function placed(batch, { pointer, cause, fix }) {
  const [, , index, field] = pointer.split('/')
  return { place: batch[index]?.place(field) ?? pointer, cause, fix }
}

// Markdown.

/** What stands in front of a debrief, always in this order; what else a record has stands behind it. */
const FRONT = ['key', 'title', 'state', 'author', 'reviewer', 'started', 'ended', 'decision', 'decidedBy']

/** A record as Markdown with front matter, from which the same record is read. */
export function markdownOf(record) {
  const { text = '' } = record
  const known = told(text)
  const more = FIELDS.map(({ name }) => name).filter((name) => ![...FRONT, 'text'].includes(name) && record[name] !== undefined && record[name] !== known[name])
  const lines = [...FRONT, ...more].map((name) => `${name}: ${JSON.stringify(record[name] ?? null)}\n`)
  return `---\n${lines.join('')}---\n${text && `\n${text}\n`}`
}

/** A file of Markdown as one row: a column for each name of its front matter, and `text` for what follows. */
function frontOf(text) {
  const lines = text.split('\n')
  const end = lines.indexOf('---', 1)
  const failed = (line, cause, fix) => ({ columns: [], rows: [], problems: [{ line, cause, fix }] })
  if (lines[0] !== '---') return failed(1, 'It begins with no front matter.', 'Begin with a line of ---, then `name: value` lines, then ---.')
  if (end < 0) return failed(1, 'Its front matter has no end.', 'Write a line of --- behind its last value.')
  const [cells, at, problems] = [{}, {}, []]
  let list
  for (const [index, line] of lines.slice(1, end).entries()) {
    const [, name, written = ''] = /^([\p{L}_][\p{L}\p{N}_ -]*?)\s*:(?:\s+(.*))?$/u.exec(line) ?? []
    const [, item] = /^\s*- (.*)$/.exec(line) ?? []
    const say = (cause, fix) => problems.push({ line: index + 2, cause, fix })
    if (list && item !== undefined) {
      cells[list] = [cells[list], scalar(item)].filter(Boolean).join(', ')
    } else if (name !== undefined) {
      const value = scalar(written)
      if (name in cells || name === 'text') say(`“${name}” is there twice.`, 'Take one away; `text` is what follows the front matter.')
      else if (value === undefined || /^[|>][+-]?$/.test(value)) say('Its value has no end on this line.', 'Write it on one line, and close its quotes.')
      else [cells[name], at[name], list] = [value, index + 2, written ? undefined : name]
    } else if (line.trim() && !line.startsWith('#')) {
      say('This is no `name: value`.', 'Write it so, or take it out.')
    }
  }
  const first = lines.findIndex((line, index) => index > end && line)
  cells.text = lines.slice(end + 1).join('\n').trim()
  at.text = first < 0 ? end + 1 : first + 1
  return { columns: Object.keys(cells), rows: problems.length ? [] : [{ cells, lineOf: (column) => at[column] ?? 1 }], problems }
}

/** A value of front matter as a text; a list with commas. Nothing where it does not end. */
function scalar(written) {
  const value = written.trim()
  if (value === 'null' || value === '~') return ''
  if (value.startsWith('[')) return value.endsWith(']') ? value.slice(1, -1).split(',').map(scalar).filter(Boolean).join(', ') : undefined
  if (value.startsWith("'")) return /^'(?:[^']|'')*'$/.test(value) ? value.slice(1, -1).replaceAll("''", "'") : undefined
  if (!value.startsWith('"')) return value.replace(/\s+#.*$/, '')
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
