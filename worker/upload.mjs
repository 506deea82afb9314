// Many events, or tickets, in one file, CSV or NDJSON, with the place's server key. The answer begins at once and goes on while lines
// are taken: how far it is, each line that was not taken and why, and at the end what became of all.

import { answer } from './body.mjs'
import { take, unauthorised } from './backend.mjs'
import { asNumber } from './foreign.mjs'
import { ownName } from './happening.mjs'
import { pointed } from './pointed.mjs'
import { total } from './receipts.mjs'
import { takeTickets } from './tickets.mjs'

/** Characters of a line. */
const LINE = 16_384
/** Times that a busy collector is asked again, and the first wait in milliseconds, which doubles. */
const TRIES = 6
const WAIT = 500
/** Columns of a CSV file of events; all others are properties. */
const COLUMNS = ['unit', 'event', 'time', 'value', 'currency', 'id']
/** What a file of tickets may say of one; all other columns are left where they are. */
const TICKET = ['unit', 'id', 'time', 'subject', 'text', 'source', 'tags', 'link', 'replay']

/**
 * What lines may be: the columns that a file has to have, an event out of cells or of an object by the names that the
 * address gives to things, how many are stored at once, after which the sender hears of it, and who takes them.
 */
const EVENTS = { required: () => ['unit', 'event'], ofCells: fromCells, ofObject: (event) => event, named, together: 500, take }
const TICKETS = {
  required: (mapping) => [mapping.get('unit') ?? 'unit'], ofCells: ticketOf, ofObject: ticketOf, named: (ticket) => ticket, together: 100,
  take: takeTickets,
}

const KINDS = { 'text/csv': fromCsv, 'application/x-ndjson': fromNdjson, 'application/jsonl': fromNdjson }
/** Kinds in which a line break between double quotes ends nothing. */
const QUOTING = ['text/csv']

/** Answers `POST <prefix>upload`. */
export async function upload(request, env, place, names, context) {
  const refused = await unauthorised(request, env, place)
  if (refused) return refused
  if (request.method !== 'POST') return answer(405, { error: 'Send files with POST.' })
  const kind = (request.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase()
  if (!Object.hasOwn(KINDS, kind)) return answer(415, { error: 'Send text/csv or application/x-ndjson.' })
  const { searchParams: mapping } = new URL(request.url)
  const of = { ...(mapping.get('of') === 'tickets' ? TICKETS : EVENTS), mapping }
  const { readable, writable } = new TransformStream()
  const writer = writable.getWriter()
  const say = (line) => writer.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`))
  const all = KINDS[kind](records(request.body, QUOTING.includes(kind)), of)
  const work = taken(all, of.together, (events) => of.take(env, place, names, events), say)
  // Whoever stops listening has still sent it.
  context.waitUntil(work.catch(({ message }) => say({ failed: message })).then(() => writer.close()).catch(() => {}))
  return new Response(readable, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } })
}

async function taken(events, together, take, say) {
  const receipts = []
  let lines = 0
  let group = []
  const flush = async () => {
    if (!group.length) return
    const stored = await patiently(() => take(group.map(({ event }) => event)))
    if (stored.status !== 200) throw new Error(`${stored.error} Lines before ${group[0].line} are stored; sending all of them again changes nothing.`)
    receipts.push(stored.receipt)
    for (const { place, reason } of stored.left) await say({ line: group[place].line, reason, words: WORDS[reason] ?? reason })
    lines += group.length
    group = []
    await say({ lines, ...total(receipts) })
  }
  for await (const one of events) {
    group.push(one)
    if (group.length === together) await flush()
  }
  await flush()
  await say({ done: true, lines, ...total(receipts) })
}

async function patiently(attempt) {
  for (let tries = 1; ; tries++) {
    const result = await attempt()
    // What was refused for what it says is refused again.
    if (result.status < 429 || tries === TRIES) return result
    await scheduler.wait(WAIT * 2 ** (tries - 1))
  }
}

/** The records of a text: its lines, in some kinds but for line breaks between double quotes. Gives each with the line it begins in. */
async function* records(body, isQuoting) {
  let rest = ''
  let line = 1
  let begun = 1
  let [starts, marked, quoted] = [true, false, false]
  let at = 0
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    rest += part
    for (; at < rest.length; at++) {
      const letter = rest[at]
      // Only a cell that begins with a quotation mark is one in which marks and line breaks mean something else.
      if (isQuoting && letter === '"' && (starts || marked)) [marked, quoted] = [true, !quoted]
      starts = !quoted && (letter === ',' || letter === '\n')
      if (starts) marked = false
      if (letter !== '\n') continue
      line += 1
      if (quoted) continue
      yield { line: begun, text: rest.slice(0, at).replace(/\r$/, '') }
      rest = rest.slice(at + 1)
      begun = line
      at = -1
    }
    if (rest.length > LINE) throw new Error(`Line ${begun} is longer than ${LINE} characters${isQuoting ? ', or a quotation mark is never closed' : ''}.`)
  }
  if (rest) yield { line: begun, text: rest }
}

async function* fromNdjson(all, { ofObject, named, mapping }) {
  for await (const { line, text } of all) {
    if (!text.trim()) continue
    try {
      yield { line, event: await named(ofObject(JSON.parse(text), mapping)) }
    } catch {
      yield { line, event: undefined }
    }
  }
}

async function* fromCsv(all, { required, ofCells, named, mapping }) {
  let header
  for await (const { line, text } of all) {
    if (!text.trim()) continue
    const cells = fields(text)
    if (!header) {
      header = cells.map((cell) => cell.trim())
      const missing = required(mapping).filter((column) => !header.includes(column))
      const twice = header.find((column, index) => header.indexOf(column) !== index)
      if (twice !== undefined) throw new Error(`The first line names the column “${twice}” twice; give each its own name.`)
      if (missing.length) throw new Error(`The first line names the columns, and ${missing.join(' and ')} is missing.`)
      continue
    }
    yield { line, event: cells.length === header.length ? await named(ofCells(rowOf(header, cells), mapping)) : undefined }
  }
}

/** A line of CSV as RFC 4180 has it. */
function fields(text) {
  const all = []
  const pattern = /(?:^|,)(?:"((?:[^"]|"")*)"|((?!")[^,]*))/gy
  for (let match; pattern.lastIndex <= text.length && (match = pattern.exec(text)); ) {
    all.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'))
    if (pattern.lastIndex === text.length) break
  }
  return all
}

const rowOf = (header, cells) => Object.fromEntries(header.map((column, index) => [column, cells[index]]).filter(([, cell]) => cell !== ''))

function fromCells(row) {
  const { unit, event: n, time, value, currency: c, id } = row
  const properties = Object.entries(row).filter(([column]) => !COLUMNS.includes(column)).map(([column, cell]) => [column, typed(cell)])
  const p = properties.length ? Object.fromEntries(properties) : undefined
  const at = /^\d+$/.test(time ?? '') ? Number(time) : time
  return bare({ t: 'track', unit, n, at, v: asNumber(value), c, id, p })
}

/** A ticket out of what another system calls its fields: `text=description`, or `text=/ticket/description` within JSON. */
function ticketOf(row, mapping) {
  const given = (field) => {
    const name = mapping.get(field) ?? field
    return name.startsWith('/') ? pointed(row, name) : row !== null && Object.hasOwn(row, name) ? row[name] : undefined
  }
  const { time, tags, ...ticket } = Object.fromEntries(TICKET.map((field) => [field, given(field) ?? undefined]))
  const listed = typeof tags === 'string' ? tags.split(/[,;]/).map((tag) => tag.trim()).filter(Boolean) : tags
  const at = /^\d+$/.test(time ?? '') ? Number(time) : time
  const texts = Object.entries(ticket).map(([field, value]) => [field, typeof value === 'number' ? String(value) : value])
  return bare({ ...Object.fromEntries(texts), tags: listed, at })
}

/** An event with its kind and a name, so that a file that is sent twice counts once. */
async function named(event) {
  if (event === null || typeof event !== 'object') return event
  return { ...event, t: event.t ?? 'track', id: event.id ?? (await ownName(event)) }
}

const bare = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

/** What a cell means. Telephone numbers, accounts and the like begin with a zero or have ten digits: they stay texts. */
const typed = (cell) => (cell === 'true' ? true : cell === 'false' ? false : /^-?(0|[1-9]\d{0,8})(\.\d+)?$/.test(cell) ? Number(cell) : cell)

/** Reasons in words, with what to do. */
const WORDS = {
  malformed: 'The line is no event. Each has as many fields as the first line, or is a JSON object.',
  type: '`t` is `track` or `seen`.', field: 'It has a field that is not known.', name: 'The event has no good name: 1 to 64 characters.',
  value: 'The value is no number, or too large.', currency: 'The currency is none of ISO 4217, or has no rate in the document.',
  properties: 'There are more than 16 properties, or one is neither text, number, true nor false.', unit: 'It says of nobody.',
  time: 'The time is neither milliseconds nor ISO 8601 with an offset.', age: 'It is more than 400 days old, or a ticket and more than 90.', future: 'It has not happened yet.',
  id: 'It has no id: the name by which the same one is known when it comes again.', empty: 'It says nothing.',
  'too-long': 'It is longer than 4,000 characters.', text: 'Subject and text are texts.', source: 'The source is a text of at most 200 characters.',
  tags: 'Tags are at most 16 texts, in a cell with a comma between them.',
  link: 'The link is no address that begins with https:// and names nobody.',
  replay: 'The recording is neither an address that begins with https:// nor the name that its vendor gave it.',
  personal: 'The name or the value of the event could name somebody.', impossible: 'The unit cannot have met this variant.',
}
