/** What a flag's value can be. */
export type Json = string | number | boolean | Json[] | { [key: string]: Json }

/**
 * Your flags and the types of their values. Say them once (`npx pointsman types --out flags.d.ts` does), and wrong keys
 * and wrong types do not compile:
 *
 *     declare module 'pointsman' {
 *       interface Flags { hero: string; 'free-shipping': boolean }
 *     }
 *
 * While it is empty every key goes.
 */
export interface Flags {}

/** `Flags`, or any key while that is empty. */
export type Known = keyof Flags extends never ? Record<string, Json> : Flags

/** What `get` gives: the flag's type, or that of the fallback while flags have none. */
export type Value<Type, Fallback> = Json extends Type ? Widened<Fallback> : Type
type Widened<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T

/** Attributes by name. `unit` is what is randomised: a visitor, an account. */
export interface Context {
  unit?: string
  [attribute: string]: unknown
}

/** OpenFeature's words for how a flag came to its variant, and one for what somebody chose to see in a preview. */
export type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'ERROR' | 'PREVIEW'

/** OpenFeature's words for what went wrong. */
export type ErrorCode = 'FLAG_NOT_FOUND' | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT' | 'GENERAL'

/** What was decided for a flag, and why. It is the same object until something changes. */
export interface Decision<Type = Json> {
  readonly value: Type | undefined
  readonly variant: string | undefined
  readonly reason: Reason
  readonly error: ErrorCode | undefined
  /** The number of the rule that matched, where it was decided here. */
  readonly rule: number | undefined
  /** The run of the experiment that decided. */
  readonly run: string | undefined
  /** The edge's proof of its decision; or by what was decided here, which nobody has signed. */
  readonly token: string | undefined
}

/** Decisions as a page carries them (docs/wire.md). */
export interface Decisions {
  v: number
  config?: number
  beacon?: string
  /** Who the visitor is, where no edge knows it. */
  unit?: string
  /** What visitors are told apart by: a name, the steps to its value in a context, and its values. */
  dimensions?: [string, string[], string[]][]
  flags: Record<string, {
    value?: Json
    variant?: string
    reason: string
    error?: string
    run?: string
    token?: string
  }>
  exposures?: string[]
  /** Whom the site does not count, and where events go once this visitor agrees. */
  privacy?: { consent?: 'first' | 'later'; gpc: boolean; dnt: boolean; beacon?: string }
}

/** What is known of something that a visitor did. */
export interface Details {
  /** Its value. A refund is a negative one. */
  value?: number
  /** What its value is in, by ISO 4217: `EUR`. */
  currency?: string
  /** A recording of the session, of whichever vendor: its address, or what the vendor calls it. */
  replay?: string
  /** Properties, at most 16: short texts, numbers, `true` and `false`. What could name somebody is not kept. */
  [property: string]: string | number | boolean | undefined
}

export interface Options {
  /** What decides from the first `update` on, where decisions were opened. */
  snapshot?: Uint8Array
  /** Where events go, if not where the decisions say. Without either they go nowhere. */
  beacon?: string
  /**
   * A promise that is kept when the visitor agrees to be counted. Events wait for it on this page and are sent then; before
   * that, and for ever after `false` or a broken promise, nothing is sent or stored. Decisions do not wait.
   */
  consent?: PromiseLike<unknown> | boolean
  /** The clock, in milliseconds since 1970. */
  now?: () => number
}

/** Flags for one context. Nothing here is awaited, and nothing throws. */
export interface OpenFlags<F extends object = Known> {
  /** The value of a flag, or `fallback` where there is none. */
  get<K extends keyof F & string, D extends F[K]>(key: K, fallback: D): Value<F[K], D>
  get<K extends keyof F & string>(key: K): F[K] | undefined
  /** Why: variant, reason and, if something went wrong, an error code. */
  why<K extends keyof F & string>(key: K): Decision<F[K]>
  /** The same as it was when this was opened: what a server has rendered. */
  first<K extends keyof F & string>(key: K): Decision<F[K]>
  /** The visitor meets this flag's variant: confirms the exposure, once a page and as soon as the page is seen. */
  seen(key: keyof F & string): void | (() => void)
  /** The visitor did something. A name has at most 64 characters; what is longer is cut off. */
  track(name: string, details?: Details): void
  /** Decides for another context, or by another snapshot, and tells whoever listens. */
  update(context?: Context, snapshot?: Uint8Array): void
  /** Calls `listener` after every change; gives what ends that. */
  subscribe(listener: () => void): () => void
  /** Every flag's key. */
  keys(): string[]
  /** The page may be going away: hands to the browser what was not acknowledged. */
  leave(): void
  /** The version of the configuration that decided. */
  readonly version: number | undefined
  /** The snapshot that decides, if one does. */
  readonly snapshot: Uint8Array | undefined
  /** What is wrong with the last snapshot that was given, if it was refused. The one before it stays. */
  readonly fault: Error | undefined
}

/**
 * Opens decisions that were made elsewhere, or a snapshot to be evaluated here. The first value is there at once.
 *
 * Where a policy refuses wasm, decisions or fallbacks serve until the program without wasm has come by itself.
 */
export function open<F extends object = Known>(
  source: Decisions | Uint8Array | null | undefined, context?: Context, options?: Options,
): OpenFlags<F>

/** The decisions that the edge or a server has put into this page, or nothing. */
export function inlined(): Decisions | undefined
