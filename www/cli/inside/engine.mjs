// The engine that a command asks, by its API (docs/api.md), and whose project it asks about.

import { Complaint } from './complaint.mjs'

/** Options that say whose project it is, for every command that asks an engine. */
export const WHERE = { console: { type: 'string' }, project: { type: 'string' } }
export const WHERE_HELP = `  --console URL   the console's address, or POINTSMAN_CONSOLE
  --project KEY   the project, or POINTSMAN_PROJECT; the only one, if the token belongs to one alone
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
  const wanted = values.project ?? (known.console === console_ ? known.project : undefined) ?? (process.env.POINTSMAN_PROJECT || undefined) ?? (projects.length === 1 ? projects[0].key : undefined)
  if (!projects.some(({ key }) => key === wanted)) {
    const there = `There ${projects.length === 1 ? 'is' : 'are'} ${projects.map(({ key }) => key).join(', ')}.`
    throw new Complaint('--project', ...(wanted ? [`There is no project ${wanted} for this token.`, `${there} A new one begins with its name in SITES (docs/deploy.md).`] : ['The token belongs to several.', there]))
  }
  const sites = projects.find(({ key }) => key === wanted).environments
  return { console: console_, project: wanted, sites, ask: (method, path, options) => call(method, `/api/v1/projects/${wanted}/${path}`, options) }
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

/** All of a list that the API gives in pages: the `name` of each page's answer. */
export async function every({ ask }, path, name) {
  const all = []
  for (let after = ''; ;) {
    const page = good(await ask('GET', `${path}?${new URLSearchParams({ limit: '1000', ...(after && { after }) })}`))
    all.push(...page[name])
    if (!page.next) return all
    after = String(page.next)
  }
}

/** A key as a part of a path; what could be none leads nowhere else. */
export function keyed(key, place) {
  if (typeof key === 'string' && /^[a-z][\w-]*$/i.test(key)) return key
  throw new Complaint(place, `“${key}” is no key.`, 'A key begins with a letter, and has letters, digits, “-” and “_”.')
}
