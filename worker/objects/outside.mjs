// What the checks before a start ask of the world outside the control object: whether the pages of a test answer, and when
// events arrived last. The core says what to ask, and says what follows.

import { frameOf } from '../frame.mjs'
import { hostsOf } from '../links.mjs'
import { now } from '../now.mjs'
import { answerOf, timely } from '../origin.mjs'
import { choicesOf } from '../passes.mjs'
import { placeNamed } from '../place.mjs'
import { QUERY } from '../preview.mjs'

/** Milliseconds after which a page counts as one that does not answer. */
const PATIENCE = 5000

/** What is found for `{environment, pages, intake}` of a project. */
export async function found(env, project, { environment, pages, intake = 'signed' }) {
  const place = placeNamed(`${project}/${environment}`)
  const [answered, events] = await Promise.all([Promise.all(pages.map((path) => page(env, place, path))), arrivals(env, place, intake)])
  return { at: now(), pages: answered, events, preview: null }
}

/** How a page of a place's site answers; with the status 0 if it does not. */
async function page(env, place, path) {
  const [host] = hostsOf(env, place)
  const url = host && URL.parse(path, `${schemeOf(env)}://${host}`)
  if (!url || url.host !== host) return { path, status: 0, leads: null }
  const headers = { accept: 'text/html', 'accept-encoding': 'identity', 'user-agent': 'Pointsman' }
  const { response } = (await timely(answerOf(new Request(url, { headers }), env), PATIENCE).catch(() => undefined)) ?? {}
  if (!response) return { path, status: 0, leads: null }
  const { status } = response
  // What could not be reached at all has no status of its own.
  const unreached = response.headers.get('server-timing') === 'pm;desc=origin'
  await response.body?.cancel()
  return { path, status: unreached ? 0 : status, leads: response.headers.get('location') }
}

/** When each event was heard last, by each shard. A shard that does not answer has heard of nothing. */
async function arrivals(env, place, intake) {
  const name = `${place.name}${intake === 'open' ? '/open' : ''}`
  const shards = Array.from({ length: Number(env.SHARDS) }, (_, shard) => env.SHARD.get(env.SHARD.idFromName(`${name}/${shard}`)))
  const heard = shards.map(async (shard) => {
    const response = await shard.fetch('http://object/events', { method: 'POST', body: '' })
    return response.ok ? (await response.json()).events.map(({ name, last }) => ({ name, last })) : []
  })
  return (await Promise.allSettled(heard)).flatMap(({ value }) => value ?? [])
}

/** What a signed preview shows, by its address: a page with edits, or a site with variants. Nothing if it is none of ours. */
export async function shown(env, project, address) {
  const place = placeNamed(`${project}/production`)
  const url = URL.parse(address)
  if (!url || !hostsOf(env, place).includes(url.host)) return null
  const frame = await frameOf(env, place, url).catch(() => undefined)
  if (frame) return now() < frame.until ? { path: url.pathname, edits: frame.edits } : null
  const choices = await choicesOf(env, place, url.searchParams.get(QUERY) ?? '')
  return choices?.size ? { variants: Object.fromEntries(choices) } : null
}

/** Sites speak as the console does: http on one machine, https elsewhere. */
export const schemeOf = ({ CONSOLE_HOST }) => (CONSOLE_HOST.startsWith('127.0.0.1') ? 'http' : 'https')
