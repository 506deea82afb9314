// Flags that follow what is published: the last good snapshot at once, and news as they come.

import { LIVE, hear, isLive } from './live.js'
import { memoryOf } from './memory.js'
import { whenHidden, whenVisible } from './visible.js'

/** Milliseconds between two questions for news where nothing tells of them, if nobody says otherwise. */
const REFRESH = 60_000
/** Milliseconds before somebody who has lost the edge looks for it again; twice as many each time. */
const SOON = 1000
/** Milliseconds after which a server that keeps failing is still asked again. */
const LONGEST = 60_000
/** Milliseconds that an answer may take. */
const TIMEOUT = 10_000

/** About so many milliseconds: never at the same moment as everybody else. */
const spread = (milliseconds) => milliseconds * (0.8 + 0.4 * Math.random())

/** A key that is secret goes into a header, where no log writes it down. */
const isSecret = (key) => key.startsWith('v1.server.')

/** What an application does when it hears of something. What it throws keeps nobody else from hearing. */
const heard = (work) => (...given) => {
  try {
    work?.(...given)
  } catch (error) {
    console.error(error)
  }
}

/**
 * Opens flags and keeps them up to date.
 *
 * @param open opens a source with this environment's engine
 * @param options `url`: the site that the edge serves; `path`: where our paths begin there; `key`: its environment's;
 *   `live`: whether to be told of news; `refresh`: milliseconds between two questions otherwise, 0 for neither; `decisions`: what is served until news have
 *   come; `onChange`, `onError`: hear of them; `storage`: where the last good snapshot is kept, the browser's own if
 *   there is one; and those of `open`
 * @param lasting whether timers and answers outlive the request that asked for them. Where they do not, whoever awaits
 *   `ready` asks for news that are due
 */
export function followed(open, { url, path = '/_pm/', key, context, live = true, refresh = REFRESH, decisions, onChange, onError, storage, fetch: ask, ...options }, lasting = true) {
  if (!key) throw new Error('connect() has no key. Each environment has one for browsers and one for servers; the console shows them under Setup, Applications.')
  const base = url ?? globalThis.location?.href
  if (!base) throw new Error('connect() has no url. Outside a browser it needs the address of a site that the edge serves.')
  const address = new URL(isSecret(key) ? `${path}s` : `${path}s/${key}`, base)
  const memory = memoryOf(`${address} ${key}`, storage)
  const listeners = new Set()
  const { etag: kept, bytes } = memory.read() ?? {}
  let etag = kept
  /** Questions without an answer, one after another, and streams that broke at once. */
  let failures = 0
  let broken = 0
  let refused
  let failure
  let asking
  let closed = false
  /** When the next question is due, where only questions ask. */
  let due = 0
  /** Ends what is waited for at the moment. */
  let wake = () => {}

  // Ends when the program is there that decides where wasm is refused; nothing where it is not.
  let program
  const flags = open(decisions ?? bytes, context, { ...options, snapshot: bytes, heard: answered, coming: (end) => (program = end) })
  // What was kept may have been spoilt, and only what decides has been looked at.
  if (flags.snapshot !== bytes) etag = undefined
  const { subscribe } = flags
  const tell = () => [...listeners].forEach((listener) => listener())
  const complain = heard(onError)

  /** The answer to an event says which version the edge runs. News are asked for at once: it may be a stop. */
  function answered(response) {
    response.json().then(({ config }) => config > parseInt(etag?.slice(1)) && !closed && now(), () => {})
    return response
  }

  /** Takes a snapshot if it is a good one; a bad one changes nothing. */
  async function take(news, tag) {
    // Whoever hears of the news asks whether they are old.
    const before = failures
    failures = 0
    flags.update(undefined, news)
    await program
    if (flags.fault) {
      failures = before
      throw flags.fault
    }
    // Without any program it could not be looked at, so it is asked for again.
    if (flags.snapshot !== news) return
    etag = tag
    memory.write({ etag, bytes: news })
  }

  /** The answer to a question for news, or nothing if there are none. */
  async function answer(signal, more) {
    const headers = { ...more, ...(etag && { 'if-none-match': etag }), ...(isSecret(key) && { authorization: `Bearer ${key}` }) }
    // Our own tag is compared, not that of the browser's cache.
    const response = await (ask ?? fetch)(address, { headers, cache: 'no-store', signal })
    refused = undefined
    if (response.ok) return response
    if (response.status === 304) return undefined
    const error = new Error(`${address} answers ${response.status}: ${(await response.text()).slice(0, 200)}`)
    if (response.status === 401) refused = error.message
    throw error
  }

  /** Takes what an answer brings, unless it is late: others have told of news, or nobody hears any more. */
  async function load(asked) {
    const before = flags.snapshot
    const response = await asked
    const news = response && new Uint8Array(await response.arrayBuffer())
    if (news && !closed && flags.snapshot === before) await take(news, response.headers.get('etag'))
  }

  /** Is told of news for as long as the answer goes on and somebody sees the page. */
  async function listen() {
    const stream = new AbortController()
    let timer
    let left = false
    const within = (milliseconds) => {
      clearTimeout(timer)
      timer = setTimeout(() => stream.abort(), milliseconds)
      timer.unref?.()
    }
    wake = () => {
      left = true
      stream.abort()
    }
    const stop = whenHidden(wake)
    within(TIMEOUT)
    try {
      const response = await answer(stream.signal, LIVE)
      live = Boolean(response?.body) && isLive(response)
      if (!live) return await load(response)
      done()
      const stood = await hear(response, take, within)
      broken = stood || left ? 0 : broken + 1
    } catch (error) {
      if (left) return
      broken++
      throw error
    } finally {
      clearTimeout(timer)
      stop()
      stream.abort()
    }
  }

  /** The last question was answered, or was not. Whoever listens hears when that has changed. */
  function done(error) {
    const before = failures
    failure = error
    failures = error ? before + 1 : 0
    due = Date.now() + interval()
    if (error) complain(error)
    if (!failures !== !before) tell()
  }

  const attempt = (work) => work().then(() => done(), (error) => closed || done(error))

  async function question() {
    try {
      await load(answer(AbortSignal.timeout(TIMEOUT)))
    } finally {
      asking = undefined
    }
  }

  const now = () => (lasting ? (asking ??= attempt(question)) : attempt(question))

  /** Asks if it is time to. Nobody waits for another's question, which may end with the request that asked it. */
  async function news() {
    const asked = flags.snapshot || failures
    if (!asked || (refresh && !closed && Date.now() >= due)) {
      due = Date.now() + interval()
      await now()
    }
  }

  /** Milliseconds between two questions: more after each failure. */
  const interval = () => spread(Math.min(refresh * 2 ** failures, Math.max(refresh, LONGEST)))

  /** Until this is closed: later after each failure. */
  async function keep() {
    await seen()
    while (!closed) {
      if (live && !failures) await attempt(listen)
      const missed = Math.max(failures, broken)
      const next = live || failures ? Math.min(SOON, refresh) * 2 ** missed : refresh
      await pause(spread(Math.min(next, Math.max(refresh, LONGEST))))
      await seen()
      if (!closed && (missed || !live)) await now()
    }
  }

  const seen = () => new Promise(whenVisible)

  const pause = (milliseconds) => new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    timer.unref?.()
    wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })

  if (onChange) subscribe(heard(() => onChange(flags)))
  subscribe(tell)
  const first = lasting && now()
  if (lasting && refresh) first.then(keep)
  return Object.defineProperties(flags, Object.getOwnPropertyDescriptors({
    /** Ends when the server has been asked for the first time, however that went. */
    get ready() {
      return first || news()
    },

    /** Asks for news now. */
    refresh: now,

    /** Hears and asks no more. */
    close() {
      closed = true
      wake()
      flags.leave()
    },

    /** Whether the last question failed: what is served may be old. */
    get stale() {
      return failures > 0
    },

    /** Why the last question had no answer, if it had none. */
    get failure() {
      return failure
    },

    /** What the site says against the key, if it refuses it: until then no news can come. */
    get refused() {
      return refused
    },

    /** Hears of changed decisions, and when `stale` changes. */
    subscribe(listener) {
      const own = heard(listener)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }))
}
