// The demo's own receiver of webhooks and mail: keeps the last messages, and shows what a chat or a mailbox would have shown.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** As long as a beacon may be. */
export const BYTES = 65_536
const KEPT = 100

/** Messages, newest first, which are kept in `file` too. `now()` dates them: the engine's clock, not this machine's. */
export class Receiver {
  constructor(file, now = Date.now) {
    this.file = file
    this.now = now
    this.messages = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
  }

  /** Takes one payload, an object, and gives what it is called. */
  take(payload) {
    const text = [payload.text, payload.mail?.text].find((text) => typeof text === 'string') ?? ''
    this.messages = [{ at: this.now(), text, payload }, ...this.messages].slice(0, KEPT)
    writeFileSync(`${this.file}.new`, JSON.stringify(this.messages))
    renameSync(`${this.file}.new`, this.file)
    return String(this.messages[0].at)
  }
}
