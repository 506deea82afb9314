// `pointsman pull FOLDER`: a project as files, so that a team can keep it in git.

import { options } from './inside/options.mjs'
import { counted } from './inside/count.mjs'
import { engine, every, good, keyed, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { keep, keepOrigin, origin, PARTS } from './inside/project.mjs'

export const summary = 'Writes a project into files: documents, playbook, experiments and what was learned.'

export const help = `pointsman pull FOLDER [--console URL] [--project KEY] [--json]

Writes what the project holds now, and upon which revisions, into FOLDER. Files that would not change are left alone.

  production.json, staging.json, development.json   the documents
  playbook.json                                     how the team tests
  experiments/KEY.json, experiments/KEY.md          each experiment, and its debrief: read here, never sent back
  project.json                                      where it came from

${WHERE_HELP}
  --json          {"written": [FILE], "revisions"}

Ends with 0, or with 2 if the engine could not be asked.

  $ export POINTSMAN_TOKEN=pm_...
  $ npx pointsman pull shop --console https://console.example.com
  9 files of shop are as the project is now; 9 changed.`

export async function run(args) {
  const { values, operands: [folder] } = options('pull', args, ['FOLDER'], WHERE)
  const from = await engine(values, origin(folder))
  const files = new Map()
  const revisions = {}
  for (const { name, file, path, of } of PARTS) {
    const answer = good(await from.ask('GET', path))
    revisions[name] = answer.revision
    files.set(file, of(answer))
  }
  for (const { key: told } of await every(from, 'experiments', 'experiments')) {
    // A key becomes a file's name, and nothing of an answer leads out of the folder.
    const key = keyed(told, from.console)
    files.set(`experiments/${key}.json`, good(await from.ask('GET', `experiments/${key}`)))
    files.set(`experiments/${key}.md`, good(await from.ask('GET', `experiments/${key}/debrief`)).markdown)
  }
  const written = [...files].filter(([file, content]) => keep(folder, file, content)).map(([file]) => file)
  keepOrigin(folder, from, revisions)
  if (values.json) console.log(JSON.stringify({ written, revisions }, null, 2))
  else console.log(`${counted(files.size, 'file')} of ${from.project} ${files.size === 1 ? 'is' : 'are'} as the project is now; ${written.length} changed.`)
  return 0
}
