// What visitors wrote, beside what the API knows of the experiments that they had met: the core says who may hear of which
// run, and the store of voices what was said there.

import { answer } from './body.mjs'

/** Answers about what was written: a project's, an experiment's, or those of a search. */
export const WRITTEN = /^\/api\/v1\/projects\/([^/]+)\/(?:(voices|search)|experiments\/([^/]+)\/(voices|reading))$/

/**
 * Answers `GET .../voices`, `.../search`, `.../experiments/<key>/voices` and `.../experiments/<key>/reading`.
 *
 * @param response what the core answers, to callers whom it knows
 * @param api the API in the caller's name
 */
export async function written(response, env, url, api) {
  if (!response.ok) return response
  const [, project, what, key, of] = WRITTEN.exec(url.pathname)
  const ask = storeOf(env, `${decodeURIComponent(project)}/production`)
  const body = await response.json()
  if (what === 'voices') return answer(200, { ...body, written: counted(body.written, await ask('heard')).filter(isWritten) })
  if (what === 'search') return answer(200, { found: await found(body, ask) })
  if (of === 'voices') {
    const all = await ofRun(body, ask)
    return url.searchParams.get('format') === 'csv' ? new Response(table(all), { headers: CSV }) : answer(200, all)
  }
  // Who may not read what visitors wrote reads the numbers alone.
  const run = await api('GET', `/api/v1/projects/${project}/experiments/${key}/voices`)
  if (!run.ok) return answer(200, body)
  const { arms, themes, sessions } = await ofRun(await run.json(), ask)
  const quote = body.conclusion?.kind === 'harm' ? themes.quote : null
  return answer(200, { ...body, written: { arms, themes, sessions }, quote })
}

/** What a report of harm quotes, by itself: what those say more often who met what does harm. `api` reads what the project knows: `api(path)`. */
export async function quoteOf(env, project, key, api) {
  const run = await api(`experiments/${key}/voices`)
  if (!run?.arms) return null
  return (await storeOf(env, `${project}/production`)('themes', run.run, run.arms.map(({ variant }) => variant))).quote
}

const CSV = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="voices.csv"' }

/** Asks the store of voices of a place. */
const storeOf = (env, place) => async (operation, argument = '', body = null) => {
  const store = env.VOICES.get(env.VOICES.idFromName(place))
  const response = await store.fetch(`http://object/${operation}?${encodeURIComponent(argument)}`, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${operation} answers ${response.status}`)
  return response.json()
}

/** Runs with how much was written in each variant. */
function counted(runs, heard) {
  const of = (run, { variant }) => heard.find((one) => one.run === run && one.variant === variant)
  return runs.map((run) => ({ ...run, arms: run.arms.map((arm) => ({ ...arm, ...of(run.run, arm) })).map(({ run: _, ...arm }) => arm) }))
}

const isWritten = ({ arms }) => arms.some(({ tickets, sessions }) => tickets + sessions > 0)

/** All that was written of a run. */
async function ofRun({ query, replay: template, ...run }, ask) {
  const names = run.arms.map(({ variant }) => variant)
  const [heard, { all, next }, recorded, themes] = await Promise.all([
    ask('heard'), ask('tickets', '', query), ask('tickets', 'sessions', query), ask('themes', run.run, names),
  ])
  const opened = (one) => ({ ...one, opens: addressOf(template, one.replay) })
  return { ...counted([run], heard)[0], tickets: all.map(opened), sessions: recorded.all.map(opened), themes, next }
}

/** Where a recording is watched: at its own address, or at that of the project with `{id}` in it. Nowhere but over https. */
function addressOf(template, replay) {
  const address = !replay || replay.startsWith('https://') ? replay : template.replace('{id}', () => replay)
  return address.startsWith('https://') ? address : ''
}

/** What a team has written, and what visitors said in runs that have a name. */
async function found({ found: notes, runs, query }, ask) {
  const hits = await ask('find', '', query)
  const named = ({ run, variant }) => {
    const { experiment, title } = runs.find((known) => known.run === run) ?? {}
    return { run, variant, experiment, title }
  }
  return [...notes, ...hits.map((hit) => ({ ...hit, met: hit.met.map(named) }))]
}

const COLUMNS = ['kind', 'variant', 'at', 'source', 'subject', 'text', 'tags', 'link', 'recording']

/** The words that tell the variants apart, the tickets and the recordings of a run, as CSV. */
function table({ themes, tickets, sessions }) {
  const lines = [
    { kind: 'themes', text: themes.words },
    ...themes.found.map(({ words, used, p }) => ({ kind: 'theme', subject: words, text: `used by ${used.join(' and ')} of ${themes.wrote.join(' and ')}, p ${p}` })),
    ...tickets.map((one) => ({ ...one, kind: 'ticket', recording: one.opens })),
    ...sessions.map((one) => ({ ...one, kind: 'session', recording: one.opens })),
  ]
  return [COLUMNS, ...lines.map((line) => COLUMNS.map((column) => line[column] ?? ''))].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

/** RFC 4180. A spreadsheet takes what begins so for a formula; a quote before it keeps it a text. */
function cell(value) {
  const text = String(value)
  return `"${/^[=+@\t\r-]/.test(text) ? "'" : ''}${text.replaceAll('"', '""')}"`
}
