// Redirect tests: where a visitor is sent, without a loop, and how nobody is lost on the way. The edge counts whoever it
// sends; a cookie goes with them, so that the page where they arrive confirms it, and counts it again where the collector
// did not answer in time (docs/wire.md).

import { expired, firstOf } from './cookies.mjs'
import { fromBase64url, same, sealed } from './identity.mjs'
import { joined } from './origin.mjs'
import { DECISION } from './sdk/decisions.js'
import { PAGES } from './sdk/names.js'
import { editsOf, sourceOf } from './source.mjs'

export const COOKIE = 'pmr'
/** Redirects of one journey, and redirects in a row that end in a page of the site's: an origin may send people back. */
const [MOST, HOPS] = [4, 4]

/** The address of a page as plans know it. */
export const addressOf = ({ hostname, pathname, search }) => hostname + pathname + search

/** Ways of a configuration that are kept, and characters of the longest address that one is kept for. */
const [WAYS, LONGEST] = [1000, 1000]
/** Words of a page test in a snapshot, and where its flag stands among them. */
const [PAGE, FLAG] = [8, 6]

/** By configuration, where decisions say what is tested on some page, and the ways of visitors so far. */
const ways = new WeakMap()

/**
 * What lies before a visitor of `url`: `{to, met, source, edits, isTested}`, where `met` are the flags that sent them on,
 * `source` is where the page comes from where they stay (source.mjs), `edits` what is changed there, and `isTested` whether
 * anything is tested at `url`, whichever variant they have. Who has the same variants goes the same way.
 */
export function wayOf(evaluator, decisions, url) {
  const { names } = evaluator
  const { bytes } = decisions
  if (!ways.has(names)) {
    const places = Array.from({ length: names.count(PAGES) }, (_, index) => names.word(PAGES, index * PAGE + FLAG) * DECISION)
    ways.set(names, { places: [...new Set(places)], found: new Map() })
  }
  const { places, found } = ways.get(names)
  // Where nothing is tested all ways are one.
  let key = places.length ? url.href : ''
  for (const at of places) key += String.fromCharCode(bytes[at], bytes[at + 1])
  let way = found.get(key)
  if (!way) {
    const { url: to, met, pages, isTested } = journeyOf(evaluator, decisions, url)
    // Nobody sees what lies behind a redirect that is not made, nor a second page in the place of one.
    const source = sourceOf(names, met.length ? [] : pages)
    way = { to, met, source, edits: editsOf(names, source.pages), isTested }
    if (found.size >= WAYS) found.clear()
    if (key.length <= LONGEST) found.set(key, way)
  }
  return way
}

/** The pages that a visitor passes. Whoever would come by the same page twice stays where they are. */
function journeyOf(evaluator, decisions, url) {
  const { edits } = evaluator.names.edge
  const targetIn = ({ edits: own }) => own.map((index) => edits[index].change.redirect).find(Boolean)
  const planned = (at) => evaluator.plan(decisions, addressOf(at)).pages
  const isAt = (target, at) => {
    const { host, pathname } = new URL(target, at)
    return host === at.host && pathname === at.pathname
  }
  const first = planned(url)
  const isTested = first.length > 0
  const passed = new Set([url.host + url.pathname])
  const met = []
  for (let [at, pages] = [url, first]; ; pages = planned(at)) {
    const leaving = pages.find((page) => targetIn(page) && !isAt(targetIn(page), at))
    if (!leaving) return { url: at, met, pages, isTested }
    at = sentTo(targetIn(leaving), at)
    met.push(leaving.flag)
    // Of another site's pages nothing is planned here.
    if (at.host !== url.host) return { url: at, met, pages: [], isTested }
    if (passed.has(at.host + at.pathname) || met.length > MOST) {
      return { url, met: [], pages: first.filter((page) => !targetIn(page)), isTested }
    }
    passed.add(at.host + at.pathname)
  }
}

/** An address that keeps a visitor's own query; browsers keep the fragment. */
function sentTo(target, from) {
  const to = new URL(target, from)
  to.search = joined(to.search, from.search)
  return to
}

/** The journey that a visitor is on, if they are on one: `{hops, told, path, runs}`. */
export const journeyIn = (env, place, unit, cookies, now, secure) => firstOf(cookies, COOKIE, secure, async (cookie) => {
  const fields = cookie.split('.')
  const [version, keyId, until, hops, told, way, runs, seal] = fields
  if (version !== 'v1' || fields.length !== 8 || !(now < Number(until))) return undefined
  if (!same(await sealed(env, place, 'journey', fields.slice(0, 7).join('.'), keyId, unit), seal)) return undefined
  const path = new TextDecoder().decode(fromBase64url(way))
  return { hops: Number(hops), told: told === '1', path, runs: runs.split('~') }
})

/** Whether somebody on a journey may be sent on once more. */
export const maySend = (journey) => (journey?.hops ?? 0) < HOPS

/** A `Set-Cookie` header for whoever has arrived. */
export const arrived = (secure) => expired(COOKIE, secure)
