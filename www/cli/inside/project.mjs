// A project as files: which there are, and where they came from.

import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Complaint } from './complaint.mjs'
import { good } from './engine.mjs'
import { text } from './input.mjs'
import { renew } from './output.mjs'

/** Says where the other files came from, and upon which revisions they are. */
const ORIGIN = 'project.json'
/** What is sent back as it was pulled: the file, where the API has it, and what of its answer stands in the file. */
export const PARTS = [
  ...['production', 'staging', 'development'].map((name) => ({ name, file: `${name}.json`, path: `environments/${name}/document`, of: ({ document }) => document })),
  { name: 'playbook', file: 'playbook.json', path: 'playbook', of: ({ playbook }) => playbook },
]

/** What a folder says of itself; nothing where it is none of ours. */
export function origin(folder) {
  let said
  try {
    said = JSON.parse(readFileSync(join(folder, ORIGIN), 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
  }
  if (typeof said?.console === 'string' && typeof said.project === 'string' && typeof said.revisions === 'object') return said
  throw new Complaint(join(folder, ORIGIN), 'It does not say where these files came from.', 'Pull them anew.')
}

/** Writes a file of a folder if it would change; tells whether it did. */
export function keep(folder, file, content) {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  return renew(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`)
}

export const keepOrigin = (folder, { console: address, project }, revisions) => keep(folder, ORIGIN, { console: address, project, revisions })

/** Each part whose file says something else than the engine: the part, the file's text, and the revision there is. */
export async function differing(folder, { ask }) {
  const found = []
  for (const part of PARTS) {
    const path = join(folder, part.file)
    const written = text(path)
    const answer = good(await ask('GET', part.path))
    if (!isDeepStrictEqual(parsed(path, written), part.of(answer))) found.push({ ...part, written, revision: answer.revision })
  }
  return found
}

function parsed(path, written) {
  try {
    return JSON.parse(written)
  } catch ({ message }) {
    throw new Complaint(path, `It is no JSON: ${message}.`, 'Mend it, or pull it anew.')
  }
}

/** Whether the files were pulled from this project: only then they know upon what they stand. */
export const isOwn = (known, { console: address, project }) => known?.console === address && known.project === project
