// `pointsman audit verify`: is an exported audit log the one that was written? Nothing of ours is asked, so that whoever
// holds two files can tell.

import { createHash } from 'node:crypto'
import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { bytesOf, named, text } from './inside/input.mjs'
import { options } from './inside/options.mjs'
import { paint } from './inside/paint.mjs'

export const summary = 'Is an exported audit log whole and unchanged?'

export const help = `pointsman audit verify FILE [--versions FILE] [--json]

Reads the audit log as it is exported, one line of JSON for each change, and checks that each line's hash is that of
itself and of all before it, so that no line was changed, left out or put in. What was cut off at the end no chain can
tell: every published version keeps the log's head, and with --versions each of these heads has to be in the log.

  FILE             what GET P/audit?format=ndjson answers; - is standard input
  --versions FILE  what GET E/versions answers, kept somewhere else than the log
  --json           {"lines", "from", "to", "head", "versions", "problems": [{"line", "cause", "fix"}]}

Ends with 0 if it is whole, with 1 and the place if it is not, and with 2 if there is no answer.

  $ curl -s -H "authorization: Bearer $TOKEN" "$CONSOLE/api/v1/projects/shop/audit?format=ndjson" > audit.ndjson
  $ npx pointsman audit verify audit.ndjson --versions versions.json
  1,204 lines are as they were written, and 31 published versions stand on them.`

/** The head of a log without lines. */
const NOTHING = '0'.repeat(64)
const FIELDS = ['n', 'at', 'who', 'action', 'subject', 'detail', 'hash']

export async function run(args) {
  const { values, operands: [verb, file] } = options('audit', args, ['verify', 'FILE'], { versions: { type: 'string' } })
  if (verb !== 'verify') throw new Complaint(verb, 'There is nothing else to be done with a log than to verify it.', 'pointsman help audit says how.')
  const log = verified(bytesOf(file))
  const heads = values.versions === undefined ? [] : headsIn(values.versions)
  const missing = heads.filter(({ audit }) => audit !== NOTHING && !log.hashes.has(audit))
  // One place says it all: what follows a broken line is broken, too.
  const problems = log.problem ? [log.problem] : missing.map((version) => cut(version, log))
  const { lines, from, to, head } = log
  if (values.json) console.log(JSON.stringify({ lines, from, to, head, versions: heads.length, problems }, null, 2))
  else if (problems.length) for (const { line, cause, fix } of problems) console.error(`${paint.bad(`${named(file)}:${line}`)}: ${cause} ${fix}`)
  else console.log(said(lines, heads.length, values.versions))
  return problems.length ? 1 : 0
}

function said(lines, versions, given) {
  const whole = `${paint.strong(counted(lines, 'line', (number) => number.toLocaleString('en')))} ${lines === 1 ? 'is as it was' : 'are as they were'} written`
  if (given === undefined) return `${whole}. With --versions it shows as well whether the end is there.`
  return `${whole}, and ${counted(versions, 'published version')} ${versions === 1 ? 'stands' : 'stand'} on them.`
}

/** The lines up to the first that is not as it was written, and what is wrong with that. */
export function verified(bytes) {
  const log = { lines: 0, from: null, to: null, head: NOTHING, hashes: new Set() }
  const wrong = (cause, fix = 'Export it again; if it says the same, somebody has changed it.') => ({ ...log, problem: { line: log.lines + 1, cause, fix } })
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start)
    if (end < 0) return wrong('The file breaks off within this line.', 'Export it again.')
    const row = rowOf(bytes.subarray(start, end))
    if (!row) return wrong('This is no line of an audit log as it is exported.')
    if (row.n !== log.lines + 1) return wrong(`This is line ${row.n} of the log, and line ${log.lines + 1} is due: something was left out or put in.`)
    if (hashOf(log.head, row) !== row.hash) return wrong('Its hash is not that of this line and all before it: this line was changed, or one before it.')
    log.lines++
    log.from ??= row.at
    Object.assign(log, { to: row.at, head: row.hash })
    log.hashes.add(row.hash)
    start = end + 1
  }
  return log
}

/** A line as exactly what was exported, or nothing: whatever says the same in other bytes was touched. */
function rowOf(bytes) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const row = JSON.parse(text)
    const fits = JSON.stringify(Object.keys(row)) === JSON.stringify(FIELDS) && JSON.stringify(row) === text
    return fits && FIELDS.every((field) => typeof row[field] === (/^(n|at)$/.test(field) ? 'number' : 'string')) ? row : undefined
  } catch {
    return undefined
  }
}

/** As the engine makes it (src/project/audit.rs). Lengths keep one field from running into the next. */
function hashOf(before, { at, who, action, subject, detail }) {
  const sized = (text) => `${Buffer.byteLength(text)}:${text}`
  return createHash('sha256').update([before, at, sized(who), sized(action), sized(subject), detail].join('\n')).digest('hex')
}

function headsIn(file) {
  try {
    const { versions } = JSON.parse(text(file))
    if (versions.every(({ version, audit }) => Number.isSafeInteger(version) && /^[\da-f]{64}$/.test(audit))) return versions
  } catch (error) {
    if (error instanceof Complaint) throw error
  }
  throw new Complaint(named(file), 'This is no list of versions.', 'Give what GET E/versions answers.')
}

const cut = ({ version, audit }, { lines }) => ({
  line: lines + 1,
  cause: `Version ${version} was published when the log ended with ${audit.slice(0, 12)}…, which is not in it: lines are missing at its end, or it is another log.`,
  fix: 'Export it again; if it says the same, somebody has cut it off.',
})
