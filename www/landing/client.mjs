// The engine's API, as a script uses it (docs/api.md): what is refused is thrown, with the engine's own words.

/** A client that carries `token`. */
export function client(address, token) {
  const call = async (method, path, body, revision) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(revision !== undefined && { 'if-match': `"${revision}"` }),
    }
    const response = await fetch(new URL(path, address), { method, headers, body: body && JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 2000)}`)
    return text ? JSON.parse(text) : undefined
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body = {}, revision) => call('POST', path, body, revision),
    put: (path, body, revision) => call('PUT', path, body, revision),
    /** The same API for somebody else. */
    as: (other) => client(address, other),
  }
}

/** The demo's own clock, which a script may stop and move. It counts milliseconds since 1970. */
export class Clock {
  /** Where it stands while it is stopped; how far it is ahead of this machine's while it runs. */
  #stopped
  offset = 0

  constructor(api, path) {
    this.api = api
    this.path = path
  }

  now() {
    return this.#stopped ?? Date.now() + this.offset
  }

  /** Stops it at a time. */
  async stopAt(time) {
    await this.api.post(this.path, { frozen: time })
    this.#stopped = time
  }

  /** Moves it on, and waits until everything that falls due has been done. */
  async advance(milliseconds) {
    // What falls due sends messages, and they are dated by then.
    if (this.#stopped === undefined) this.offset += milliseconds
    else this.#stopped += milliseconds
    await this.api.post(this.path, { advance: milliseconds })
  }

  /** Moves it on to a time, if that lies ahead. */
  async reach(time) {
    if (time > this.now()) await this.advance(time - this.now())
  }

  /** Lets it run on. */
  async run() {
    await this.api.post(this.path, { running: true })
    await this.read()
  }

  /** Asks the engine what time it is, after a start. */
  async read() {
    const { now } = await this.api.get('/api/v1/projects')
    this.#stopped = undefined
    this.offset = now - Date.now()
  }
}
