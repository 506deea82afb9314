// `pointsman plan FOLDER`: what sending the files would do, before anything is sent.

import { options } from './inside/options.mjs'
import { engine, good, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { differing, isOwn, origin } from './inside/project.mjs'
import { paint, plain } from './inside/paint.mjs'

export const summary = 'What would push do? Whom it moves, what forbids it, and who changed something meanwhile.'

export const help = `pointsman plan FOLDER [--console URL] [--project KEY] [--json]

Compares the files of FOLDER with the project, and asks the engine what each change would do. Nothing is changed.

${WHERE_HELP}
  --json          {"changes": [{"part", "file", "revision", "stale", "changes", "problems", "approvable", "advice"}]}

Ends with 0 if there is nothing to send, with 1 if there is, with 2 if the engine could not be asked.

  $ npx pointsman plan shop
  production.json: 5 % of visitors get something else than now.`

export async function run(args) {
  const { values, operands: [folder] } = options('plan', args, ['FOLDER'], WHERE)
  const known = origin(folder)
  const to = await engine(values, known)
  const changes = []
  for (const part of await differing(folder, to)) {
    const stale = isOwn(known, to) && known.revisions[part.name] !== part.revision
    changes.push({ part: part.name, file: part.file, revision: part.revision, stale, ...(await foreseen(to, part)) })
  }
  if (values.json) console.log(JSON.stringify({ changes }, null, 2))
  else if (changes.length) changes.forEach(print)
  else console.log(`There is nothing to send: ${folder} says what ${to.project} is.`)
  return changes.length ? 1 : 0
}

/** What a document would do; a playbook moves nobody. */
async function foreseen({ ask }, { name, path, written }) {
  if (name === 'playbook') return { changes: [], problems: [], approvable: false, advice: [] }
  const { status, answer } = await ask('PUT', `${path}?preview=1`, { body: written })
  return status === 422 ? { changes: [], problems: answer.problems, approvable: false, advice: [] } : good({ status, answer })
}

function print({ file, stale, changes, problems, approvable, advice }) {
  const first = changes.length === 0 && problems.length === 0 ? 'it changes, and nobody gets anything else than now.' : ''
  console.log(`${paint.strong(file)}: ${first}${stale ? paint.warn('somebody has changed it since you pulled.') : ''}`.trimEnd())
  for (const { flag, words } of changes) console.log(plain(`  ${flag}: ${words}`))
  for (const { pointer, cause, fix } of problems) console.log(`  ${paint.wrong(plain(pointer || 'it'))}: ${plain(`${cause} ${fix}`)}`)
  if (approvable) console.log('  Somebody else may let it go live: push --propose asks for that.')
  for (const { pointer, cause, fix } of advice) console.log(`  ${paint.warn('worth a look')} ${plain(`${pointer}: ${cause} ${fix}`)}`)
}
