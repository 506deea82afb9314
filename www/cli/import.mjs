// `pointsman import FOLDER`: an exported project, in one in which nothing was ever changed.

import { rowsOf } from './inside/backup.mjs'
import { counted } from './inside/count.mjs'
import { engine, good, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { options } from './inside/options.mjs'
import { paint, plain } from './inside/paint.mjs'

export const summary = 'Brings an exported project back, all of it or nothing.'

export const help = `pointsman import FOLDER [--dry-run] [--confirm DIGEST] [--console URL] [--project KEY] [--json]

Makes what pointsman export has written a project again: the same documents with the same digests, the same runs, and
the same audit log, with one line more. It takes an admin, and a project in which nothing was ever changed. Every
mistake is named by file and line, and where there is one nothing is kept.

  --dry-run         says what it would do, and does nothing
  --confirm DIGEST  the digest of what production would serve, as --dry-run tells it: all of it goes live at once
${WHERE_HELP}
  --json            {"imported", "rows", "digest", "problems": [{"place", "cause", "fix"}]}

Ends with 0 if it was done or could be, with 1 if something is wrong or not confirmed, with 2 if the engine could not be
asked. People need new links then (docs/operations.md).

  $ npx pointsman import backup --project shop --dry-run`

/** Characters of a piece: a quarter of the bytes that one may have. */
const PIECE = 1 << 20

export async function run(args) {
  const { values, operands: [folder] } = options('import', args, ['FOLDER'], { ...WHERE, 'dry-run': { type: 'boolean' }, confirm: { type: 'string' } })
  const { tables, problems, place } = rowsOf(folder)
  if (problems.length) return wrong(values, problems)
  const to = await engine(values)
  const pieces = [...tables].flatMap(([table, rows]) => cut(rows).map((rows) => ({ table, rows })))
  for (const [index, piece] of pieces.entries()) {
    const answer = await to.ask('PUT', `import/${index + 1}`, { body: JSON.stringify(piece) })
    if (answer.status === 422) return wrong(values, answer.answer.problems.map((problem) => at(place, inPiece(piece, problem))))
    good(answer)
  }
  const end = (query, digest) => to.ask('POST', `import${query}`, { body: JSON.stringify({ pieces: pieces.length, digest }) })
  const seen = await end('?preview=1', '')
  if (seen.status === 422) return wrong(values, seen.answer.problems.map((problem) => at(place, problem)))
  const { rows, digest } = good(seen)
  const unread = digest !== '' && values.confirm !== digest
  if (!values['dry-run'] && !unread) good(await end('', digest))
  const imported = !values['dry-run'] && !unread
  const count = Object.values(rows).reduce((sum, one) => sum + one, 0)
  if (values.json) console.log(JSON.stringify({ imported, rows, digest, problems: [] }, null, 2))
  else if (imported) console.log(`${to.project} is what ${folder} says: ${counted(count, 'row')}. ${rows.person ? 'Its people need new links.' : ''}`.trim())
  else {
    console.log(`${counted(count, 'row')} of ${folder} are in order${digest && `, and production would serve ${digest}`}.`)
    if (unread) console.log(`All of that goes live at once. Whoever has read it says --confirm ${digest}`)
  }
  return imported || values['dry-run'] ? 0 : 1
}

/** Rows in pieces that are small enough, each with one row at least; of a table without rows there is none. */
function cut(rows) {
  const pieces = []
  let room = 0
  for (const row of rows) {
    const size = JSON.stringify(row).length
    if (room < size) {
      pieces.push([])
      room = PIECE
    }
    pieces.at(-1).push(row)
    room -= size
  }
  return pieces
}

/** What is wrong with a piece is wrong with one of its rows. */
function inPiece({ table, rows }, { pointer, ...problem }) {
  const [, , index, ...rest] = pointer.split('/')
  const [first, second, third] = rows[index] ?? []
  const inner = rest.map((part) => `/${part}`).join('')
  const twice = ['tally', 'look', 'crossing', 'forecast', 'owned', 'vote'].includes(table) ? `/${second}` : table === 'follow' ? `/${second}/${third}` : ''
  return { ...problem, pointer: pointer.startsWith('/rows/') ? `/${table}/${first}${twice}${inner}` : pointer }
}

const at = (place, { pointer, cause, fix }) => ({ place: place(pointer), cause, fix })

function wrong({ json }, problems) {
  if (json) console.log(JSON.stringify({ imported: false, rows: {}, digest: '', problems }, null, 2))
  else for (const { place, cause, fix } of problems) console.error(`${paint.bad(plain(place))}: ${plain(`${cause} ${fix}`)}`)
  return 1
}
