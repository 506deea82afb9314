// What the checks before a start ask of the world outside the control object: whether the pages of a test answer, and when
// events arrived last. The core says what to ask, and says what follows.

import { bounded } from '../body.mjs'
import { edited, frameOf } from '../frame.mjs'
import { hostsOf } from '../links.mjs'
import { now } from '../now.mjs'
import { answerOf, timely } from '../origin.mjs'
import { choicesOf } from '../passes.mjs'
import { placeNamed } from '../place.mjs'
import { plain } from '../plain.mjs'
import { QUERY } from '../preview.mjs'
import { isEditable } from '../rewrite.mjs'
import { settledAt, sourceOf, wordsOf } from '../settled.mjs'

/** Milliseconds after which a page counts as one that does not answer. */
const PATIENCE = 5000
/** Bytes of a page that is read. */
const BYTES = 2 << 20
/** Characters of what stands in an element that are told. */
const TOLD = 100

/** What is found for `{environment, pages, edits, intake, flag, document}` of a project. */
export async function found(env, project, { environment, pages, edits = [], intake = 'signed', flag, document }) {
  const place = placeNamed(`${project}/${environment}`)
  // The first is the page of the test, which visitors get with what was shipped there; the others are where its variants lead.
  const asked = pages.map((path, nth) => (nth ? page(env, place, path, [], () => []) : page(env, place, path, edits, (url) => settledAt(document, url, flag))))
  const [answered, events] = await Promise.all([Promise.all(asked), arrivals(env, place, intake)])
  return { at: now(), pages: answered, edits: answered[0]?.edits ?? [], events, preview: null }
}

/** How a page of a place's site answers, with what visitors find there of the edits; with the status 0 if it does not. */
async function page(env, place, path, edits, settled) {
  const [host] = hostsOf(env, place)
  const url = host && URL.parse(path, `${schemeOf(env)}://${host}`)
  if (!url || url.host !== host) return { path, status: 0, leads: null }
  const headers = { accept: 'text/html', 'accept-encoding': 'identity', 'user-agent': 'Pointsman' }
  const under = settled(url)
  const { response } = (await timely(answerOf(new Request(url, { headers }), env, sourceOf(under)), PATIENCE).catch(() => undefined)) ?? {}
  if (!response) return { path, status: 0, leads: null }
  const { status } = response
  // What could not be reached at all has no status of its own.
  const unreached = response.headers.get('server-timing') === 'pm;desc=origin'
  const isRead = edits.length > 0 && isEditable(response) && !response.headers.get('content-encoding')
  const there = isRead ? await thereOf(edited(response, wordsOf(under)), edits).catch(() => []) : await response.body?.cancel()
  return { path, status: unreached ? 0 : status, leads: response.headers.get('location'), edits: there ?? [] }
}

/** What the first element says that each selector finds on a page, or null, and whether the plan says something else. */
async function thereOf(response, edits) {
  const { blob } = await bounded(response, BYTES)
  if (!blob) return []
  const all = edits.map(({ select, from = '' }) => ({ select, from, found: 0, texts: [''] }))
  const rewriter = new HTMLRewriter()
  for (const one of all) {
    rewriter.on(one.select, {
      element: (element) => {
        // Pictures and fields have their words in an attribute.
        if (one.found++ === 0) one.texts.push(element.getAttribute('alt') ?? '', element.getAttribute('value') ?? '')
      },
      text: ({ text }) => void (one.found === 1 && (one.texts[0] += text)),
    })
  }
  await rewriter.transform(new Response(blob, { headers: { 'content-type': response.headers.get('content-type') } })).arrayBuffer()
  return all.map(({ select, from, found, texts }) => {
    const says = texts.map(plain)
    const text = says.find(Boolean) ?? ''
    return { select, text: found ? text.slice(0, TOLD) : null, other: from !== '' && !says.some((words) => close(words) === close(plain(from))) }
  })
}

/** Words without their blanks: where an element ends inside of another one, a plan may have one and the page none. */
const close = (text) => text.replaceAll(/\s/g, '')

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
