// Flags that follow what is published: the last good snapshot at once, and news as they come.

import { memoryOf } from './memory.js'
import { whenVisible } from './visible.js'

/** Milliseconds between two questions for news, if nobody says otherwise. */
const REFRESH = 60_000
/** Milliseconds after which a server that keeps failing is still asked again. */
const LONGEST = 300_000
/** Milliseconds that an answer may take. */
const TIMEOUT = 10_000

/** A key that is secret goes into a header, where no log writes it down. */
const isSecret = (key) => key.startsWith('v1.server.')

/**
 * Opens flags and keeps them up to date.
 *
 * @param open opens a source with this environment's engine
 * @param options `url`: the site that the edge serves; `key`: its environment's; `refresh`: milliseconds between two
 *   questions, 0 for none; `decisions`: what is served until news have come; `onChange`, `onError`: hear of them;
 *   `storage`: where the last good snapshot is kept, the browser's own if there is one; and those of `open`
 * @param lasting whether timers and answers outlive the request that asked for them. Where they do not, whoever awaits
 *   `ready` asks for news that are due
 */
export function followed(open, { url, key, context, refresh = REFRESH, decisions, onChange, onError, storage, fetch: ask, ...options }, lasting = true) {
  if (!key) throw new Error('connect() has no key. Each environment has one for browsers and one for servers; the console shows them under Setup, Applications.')
  const base = url ?? globalThis.location?.href
  if (!base) throw new Error('connect() has no url. Outside a browser it needs the address of a site that the edge serves.')
  const address = new URL(isSecret(key) ? '/_pm/s' : `/_pm/s/${key}`, base)
  const memory = memoryOf(`${address} ${key}`, storage)
  const listeners = new Set()
  const { etag: kept, bytes } = memory.read() ?? {}
  let etag = kept
  let failures = 0
  let timer
  let due = 0
  let asking
  let closed = false

  // Ends when the program is there that decides where wasm is refused; nothing where it is not.
  let program
  const flags = open(decisions ?? bytes, context, { ...options, snapshot: bytes, coming: (end) => (program = end) })
  // What was kept may have been spoilt, and only what decides has been looked at.
  if (flags.snapshot !== bytes) etag = undefined
  const { subscribe } = flags
  const tell = () => [...listeners].forEach((listener) => listener())

  /** Takes a snapshot if it is a good one; a bad one changes nothing. */
  async function take(news, tag) {
    // Whoever hears of the news asks whether they are old.
    failures = 0
    flags.update(undefined, news)
    await program
    if (flags.fault) throw flags.fault
    // Without any program it could not be looked at, so it is asked for again.
    if (flags.snapshot !== news) return
    etag = tag
    memory.write({ etag, bytes: news })
  }

  async function load() {
    const headers = { ...(etag && { 'if-none-match': etag }), ...(isSecret(key) && { authorization: `Bearer ${key}` }) }
    // Our own tag is compared, not that of the browser's cache.
    const response = await (ask ?? fetch)(address, { headers, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT) })
    if (response.status === 304) return
    if (!response.ok) throw new Error(`${address} answers ${response.status}: ${(await response.text()).slice(0, 200)}`)
    await take(new Uint8Array(await response.arrayBuffer()), response.headers.get('etag'))
  }

  async function look() {
    clearTimeout(timer)
    const before = failures
    due = Date.now() + pause()
    try {
      await load()
      failures = 0
    } catch (error) {
      failures = before + 1
      due = Date.now() + pause()
      onError?.(error)
    }
    asking = undefined
    if (!failures !== !before) tell()
    if (refresh && !closed && lasting) wait()
  }

  /** Milliseconds to the next question: more after each failure, and never the same as everybody else's. */
  const pause = () => Math.min(refresh * 2 ** failures, Math.max(refresh, LONGEST)) * (0.8 + 0.4 * Math.random())

  function wait() {
    timer = setTimeout(() => whenVisible(() => closed || now()), pause())
    timer.unref?.()
  }

  const now = () => (lasting ? (asking ??= look()) : look())

  /** Asks if it is time to. Nobody waits for another's question, which may end with the request that asked it. */
  const news = async () => {
    const asked = flags.snapshot || failures
    if (!asked || (refresh && !closed && Date.now() >= due)) await look()
  }

  const first = lasting && now()
  if (onChange) subscribe(() => onChange(flags))
  return Object.defineProperties(flags, Object.getOwnPropertyDescriptors({
    /** Ends when the server has been asked for the first time, however that went. */
    get ready() {
      return first || news()
    },

    /** Asks for news now. */
    refresh: now,

    /** Asks no more. */
    close() {
      closed = true
      clearTimeout(timer)
      flags.leave()
    },

    /** Whether the last question failed: what is served may be old. */
    get stale() {
      return failures > 0
    },

    /** Hears of changed decisions, and when `stale` changes. */
    subscribe(listener) {
      const stop = subscribe(listener)
      listeners.add(listener)
      return () => {
        stop()
        listeners.delete(listener)
      }
    },
  }))
}
