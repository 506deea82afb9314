// A project as files: which there are, where they came from, and the engine that they are asked of and sent to.

import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Complaint } from './complaint.mjs'
import { text } from './input.mjs'
import { renew } from './output.mjs'

/** Says where the other files came from, and upon which revisions they are. */
const ORIGIN = 'project.json'
/** What is sent back as it was pulled: the file, where the API has it, and what of its answer stands in the file. */
export const PARTS = [
  ...['production', 'staging', 'development'].map((name) => ({ name, file: `${name}.json`, path: `environments/${name}/document`, of: ({ document }) => document })),
  { name: 'playbook', file: 'playbook.json', path: 'playbook', of: ({ playbook }) => playbook },
]

/** Options that say whose project it is, for every command that asks an engine. */
export const WHERE = { console: { type: 'string' }, project: { type: 'string' } }
export const WHERE_HELP = `  --console URL   the console's address, or POINTSMAN_CONSOLE
  --project KEY   the project; the only one, if the token belongs to one alone
  POINTSMAN_TOKEN the token: make one in the console under Setup, Tokens. It stands in no file`

/** The engine: `{console, project, ask}`. `known` is what a folder says of itself. */
export async function engine(values, known = {}) {
  const address = values.console || process.env.POINTSMAN_CONSOLE || known.console
  if (!URL.canParse(address ?? '')) throw new Complaint('--console', 'It is not said where the engine is.', 'Give the address of the console, such as https://console.example.com.')
  const token = process.env.POINTSMAN_TOKEN
  if (!token) throw new Complaint('POINTSMAN_TOKEN', 'There is no token.', 'Make one in the console under Setup, Tokens, and export it.')
  const console_ = new URL(address).origin
  const call = (method, path, options) => asked(console_, token, method, path, options)
  const { projects } = good(await call('GET', '/api/v1/projects'))
  const wanted = values.project ?? (known.console === console_ ? known.project : undefined) ?? (projects.length === 1 ? projects[0].key : undefined)
  if (!projects.some(({ key }) => key === wanted)) {
    throw new Complaint('--project', wanted ? `There is no project ${wanted} for this token.` : 'The token belongs to several.', `There are ${projects.map(({ key }) => key).join(', ')}.`)
  }
  return { console: console_, project: wanted, ask: (method, path, options) => call(method, `/api/v1/projects/${wanted}/${path}`, options) }
}

async function asked(address, token, method, path, { body, seen } = {}) {
  const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...(seen !== undefined && { 'if-match': `"${seen}"` }) }
  const response = await fetch(new URL(path, address), { method, headers, body }).catch(({ cause, message }) => {
    throw new Complaint(address, `It does not answer: ${cause?.code ?? message}.`, 'Is the engine running, and is this the console?')
  })
  const answer = await response.json().catch(() => undefined)
  if (answer === undefined) throw new Complaint(address, `It answers ${response.status}, and no JSON.`, 'Is this the console?')
  return { status: response.status, answer }
}

/** The answer, which has to be a good one. */
export function good({ status, answer }) {
  if (status < 300) return answer
  const [problem] = answer.problems ?? []
  throw new Complaint('', problem?.cause ?? answer.detail ?? `It answers ${status}.`, answer.fix ?? problem?.fix)
}

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
