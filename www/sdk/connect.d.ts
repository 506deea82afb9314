import type { Context, Decisions, Known, OpenFlags, Options } from './index.js'

export interface ConnectOptions<F extends object = Known> extends Omit<Options, 'snapshot'> {
  /** The site that the edge serves; in a browser this page's own if nothing is said. */
  url?: string | URL
  /** Where the edge's own paths begin there; `/_pm/` if nothing is said. */
  path?: string
  /** The environment's client key, or on servers its server key. */
  key: string
  context?: Context
  /** Whether to be told of news as they are published, where that works; `true` if nothing is said, except in workerd. */
  live?: boolean
  /** Milliseconds between two questions for news where nothing tells of them: 60,000 if nothing is said. 0 for neither. */
  refresh?: number
  /** What is served until news have come: what a server has rendered. */
  decisions?: Decisions
  /** Hears of changed decisions. */
  onChange?(flags: Connected<F>): void
  /** Hears what went wrong. What was served before stays. */
  onError?(error: Error): void
  /** Where the last good snapshot is kept; the browser's own if nothing is said, and `null` for nowhere. */
  storage?: Pick<Storage, 'getItem' | 'setItem'> | null
  fetch?: typeof fetch
}

/** Flags that follow what is published. */
export interface Connected<F extends object = Known> extends OpenFlags<F> {
  /**
   * Ends when the server has been asked for the first time, however that went. A Worker awaits it in each request: there
   * it is what asks for news when they are due.
   */
  readonly ready: Promise<void>
  /** Asks for news now. */
  refresh(): Promise<void>
  /** Hears and asks no more. */
  close(): void
  /** Whether the last question failed: what is served may be old. */
  readonly stale: boolean
  /** Why the last question had no answer, if it had none: nobody was there, or what came was no snapshot. */
  readonly failure: Error | undefined
  /** What the site says against the key, if it refuses it. What was served before stays. */
  readonly refused: string | undefined
}

/** Opens flags with the last good snapshot at once, and keeps them up to date. */
export function connect<F extends object = Known>(options: ConnectOptions<F>): Connected<F>
