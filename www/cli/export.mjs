// `pointsman export FOLDER`: the whole project as files, from which a lost one can be brought back.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { filesOf, namesIn } from './inside/backup.mjs'
import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { engine, good, keyed, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { options } from './inside/options.mjs'
import { markdownOf } from './inside/past.mjs'
import { keep } from './inside/project.mjs'

export const summary = 'Writes a whole project into files, from which a lost one can be brought back.'

export const help = `pointsman export FOLDER [--console URL] [--project KEY] [--json]

Writes all that the project holds into FOLDER, always the same bytes for the same project. Files that would not change
are left alone, and what is no longer there goes. A token of the role “viewer” is enough.

  documents/                  the document of each environment as it was written, and drafts
  playbook.json, settings.json, surveys.json, teams.json, people.json
  boards/TEAM.json            each team's board
  owners.json, votes.json, follows.json   whose things are, and what people are for and follow
  experiments/KEY.json        each experiment with its plan, decision and debrief
  experiments/KEY.md          its debrief to read; pointsman library import takes it into another project's library
  claims.json, past.json      what the team holds to be so, and past experiments that were imported
  imported/KEY.md             each of those to read
  evidence/RUN.json           what was counted of each run, looked at and decided on
  audit.ndjson                the audit log, as pointsman audit verify reads it
  backup.json                 who published what is current, and the revisions

Not in it are secrets (links of people, tokens, addresses of channels, keys), answers to surveys, versions before the
current ones, changes that wait for somebody's word, and the raw log.

${WHERE_HELP}
  --json          {"files", "written": [FILE], "head"}

Ends with 0, or with 2 if the engine could not be asked.

  $ npx pointsman export backup --console https://console.example.com`

/** How often it begins again where something changes meanwhile. */
const TRIES = 10

export async function run(args) {
  const { values, operands: [folder] } = options('export', args, ['FOLDER'], WHERE)
  const from = await engine(values)
  const { tables, head } = await whole(from)
  const files = filesOf(tables)
  for (const [key, , json] of tables.get('experiment')) {
    const experiment = JSON.parse(json)
    if (!experiment.started) continue
    const { markdown } = good(await from.ask('GET', `experiments/${keyed(key, from.console)}/debrief`))
    files.set(`experiments/${key}.md`, markdownOf({ ...front(experiment), text: markdown.trim() }))
  }
  for (const [key, , , json] of tables.get('past') ?? []) files.set(`imported/${keyed(key, from.console)}.md`, markdownOf(JSON.parse(json)))
  const written = [...files].filter(([file, content]) => keep(folder, file, content)).map(([file]) => file)
  for (const gone of namesIn(folder).filter((file) => !files.has(file))) rmSync(join(folder, gone))
  if (values.json) console.log(JSON.stringify({ files: files.size, written, head }, null, 2))
  else console.log(`${counted(files.size, 'file')} of ${from.project} ${files.size === 1 ? 'is' : 'are'} as the project is now; ${written.length} changed.`)
  return 0
}

/** The rows of all tables at one moment: where something changes between two pages it begins again. */
async function whole({ ask, console: address }) {
  for (let tries = 0; tries < TRIES; tries++) {
    const [tables, heads] = [new Map(), new Set()]
    for (let next = ''; next !== null; ) {
      const page = good(await ask('GET', `export?${new URLSearchParams(next && { after: next })}`))
      tables.set(page.table, [...(tables.get(page.table) ?? []), ...page.rows])
      heads.add(page.head)
      next = page.next
    }
    if (heads.size === 1) return { tables, head: [...heads][0] }
  }
  throw new Complaint(address, 'The project changes faster than it is read.', 'Try again in a minute.')
}

/** What a reader of many debriefs sorts them by. */
function front({ key, title, state, author, reviewer, started, ended, decision }) {
  const day = (at) => (at ? new Date(at).toISOString().slice(0, 10) : undefined)
  return { key, title, state, author, reviewer, started: day(started), ended: day(ended), decision: decision?.choice, decidedBy: decision?.who }
}
