import type { Context, Decision, Details, Json } from './index.js'

/** What the script of one tag puts on the page: `globalThis.pointsman`. */
export interface Auto {
  /** The value of a flag, or `fallback` where there is none. */
  get<T extends Json>(key: string, fallback: T): T
  /** Why: variant, reason and, if something went wrong, an error code. */
  why(key: string): Decision
  /** The visitor meets this flag's variant. */
  seen(key: string): void
  /** The visitor did something. */
  track(name: string, details?: Details): void
  /** Decides for more or other attributes. */
  update(context: Context): void
  /** Calls `listener` now if there are values, and after every change; gives what ends that. */
  subscribe(listener: (pointsman: Auto) => void): () => void
  /** Does what a page asks for, before or after the script has come. */
  push(call: Call): void
}

/** `(globalThis.pointsman ??= []).push(['track', 'order'])`. */
export type Call = ['seen', string] | ['track', string, Details?] | ['update', Context] | ['subscribe', (pointsman: Auto) => void]
