// Flags on a server: a request becomes decisions, the headers that go with them, and the script that carries them to
// the browser, whose first render is then the server's.

import { claimOf } from './decisions.js'
import { openWith } from './open.js'
import { attributesOf, carrier, cookieOf, readCookie } from './request.js'
import { decide } from './single.js'

/** Units that a cookie of ours may hold: 128 random bits, base64url. */
const UNIT = /^[\w-]{22}$/
const VARIANTS = 'pointsman-variants'

/**
 * @param engine gives the evaluator of a snapshot (engine.js)
 * @param source a snapshot's bytes, or what has one: `connect(...)`
 * @param options `cookie`: the name of the cookie that holds the unit, or nothing where the caller always names one;
 *   `edge`: whether the edge stands before this server, so that it has decided; `beacon`: where browsers send events
 */
export function servedBy(engine, source, { cookie = 'pmu', edge = false, beacon, now = Date.now } = {}) {
  /** The evaluator with the snapshot of this moment, or nothing while there is none: of either, where wasm is refused. */
  function evaluator() {
    const bytes = ArrayBuffer.isView(source) ? source : source.snapshot
    const ready = bytes && engine.of(bytes)
    if (bytes && !ready) engine.later().catch(() => {})
    return ready
  }

  /** Decides everything for a request of any kind: the web's, Node's, or whatever has headers. */
  function visit(request, context = {}) {
    const header = headerOf(request)
    const known = cookie && readCookie(header('cookie'), cookie)
    // An application writes `null` for somebody whom it does not know, too.
    const named = context.unit ?? (UNIT.test(known) ? known : undefined)
    const fresh = cookie && named === undefined ? randomUnit() : undefined
    const unit = named ?? fresh
    const holder = evaluator()
    const all = !holder ? {} : edge ? told(holder.names, header(VARIANTS)) : decided(holder, { ...attributesOf(pathOf(request), header), ...context, unit }, now(), beacon)
    // What is met and done is the browser's to tell: an answer that is rendered here may never be seen.
    const here = { v: 1, config: holder?.version, flags: forBrowsers(all, holder?.names) }
    const { dimensions } = holder?.names.edge ?? {}
    // Behind an edge the browser's cookie says who it is.
    const decisions = { ...here, beacon, dimensions, ...(beacon && !edge && { unit }) }

    const headers = new Headers({ 'cache-control': 'private, no-store' })
    if (fresh && !edge) headers.append('set-cookie', cookieOf(cookie, fresh, isSecure(request, header)))
    return {
      unit, decisions, headers,
      /** What the browser will have: whatever is rendered from this is rendered there in the same way. */
      flags: openWith(undefined, here),
      /** Every flag, those that stay on the server included. */
      all: openWith(undefined, { config: holder?.version, flags: all }),
      /** Puts the decisions into the page; belongs into its head, before every other script. */
      script: carrier(decisions),
    }
  }

  return {
    visit,

    /** What is decided for one flag, without a request. */
    why(key, context) {
      const holder = evaluator()
      return holder ? flat(decide(holder, key, context, now())) : { reason: 'ERROR', error: 'FLAG_NOT_FOUND' }
    },

    /** Where the snapshot comes from. */
    source,

    /** The version of the configuration that decides. */
    get version() {
      return evaluator()?.version
    },
  }
}

const flat = ({ value, variant, reason, error, rule, run }) => ({ value, variant, reason, error, rule, run: run?.id })

/** `isTold`: whether browsers report what they show of these. */
function decided(evaluator, context, now, isTold) {
  const decisions = evaluator.evaluate(context, now)
  return Object.fromEntries(decisions.keys().map((key) => {
    const decision = decisions.of(key)
    return [key, { ...flat(decision), ...(isTold && decision.run && { token: claimOf(evaluator.names, decision.run) }) }]
  }))
}

/** What the edge has told this server: variants by flag. Values are looked up; a variant that is not known has none. */
function told(names, header) {
  const variants = new Map((header ?? '').split(',').map((pair) => pair.trim().split('=')))
  return Object.fromEntries(names.keys.map((key, index) => {
    const { variants: all, values } = names.flag(index)
    const variant = variants.get(key)
    return [key, { value: values[all.indexOf(variant)], variant, reason: variant ? 'UNKNOWN' : 'ERROR', ...(!variant && { error: 'GENERAL' }) }]
  }))
}

/** Flags that browsers may know of, as a page carries them. */
const forBrowsers = (all, names) =>
  Object.fromEntries((names?.keys ?? []).flatMap((key, index) => {
    const { rule, ...decision } = all[key]
    return names.flag(index).client ? [[key, decision]] : []
  }))

/** The path of a whole address, or of what Node has of one; clients may send anything there. */
function pathOf({ originalUrl, url = '/' }) {
  const address = (originalUrl ?? url).replace(/^\//, 'http://server/')
  return URL.canParse(address) ? new URL(address).pathname : '/'
}

/** Reads headers of the web's requests, and of Node's. */
const headerOf = ({ headers }) => (name) => (typeof headers.get === 'function' ? headers.get(name) : headers[name]) ?? undefined

/** Proxies that end TLS say so; without one the request's own address does. */
const isSecure = ({ url, socket }, header) =>
  header('x-forwarded-proto') === 'https' || socket?.encrypted === true || /^https:/.test(url ?? '')

function randomUnit() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
