import type { Context, Decision, Decisions, Known, OpenFlags } from './index.js'

/** A request of the web's kind or of Node's. */
export interface AnyRequest {
  headers: { get(name: string): string | null } | { [name: string]: string | string[] | undefined }
  url?: string
}

export interface ServeOptions {
  /** The cookie that holds the unit of a visitor who has no other: `pmu` if nothing is said, `null` for none. */
  cookie?: string | null
  /** Whether the edge stands before this server. Then it has decided, and its word is taken. */
  edge?: boolean
  /** Where browsers send events. */
  beacon?: string
  /** The clock, in milliseconds since 1970. */
  now?: () => number
}

/** Everything about one request. */
export interface Visit<F extends object = Known> {
  /** Whom this was decided for. */
  unit: string | undefined
  /** What the browser will have: whatever is rendered from this is rendered there in the same way. */
  flags: OpenFlags<F>
  /** Every flag, those that stay on the server included. */
  all: OpenFlags<F>
  /** The same as data, for frameworks that bring data to the browser themselves. */
  decisions: Decisions
  /** Headers of the answer: a new visitor's cookie, and that no cache may keep this page. */
  headers: Headers
  /** Puts the decisions into the page; belongs into its head, before every other script. */
  script: string
}

export interface Server<F extends object = Known> {
  /** Decides everything for a request. `context` adds to what the request tells. */
  visit(request: AnyRequest, context?: Context): Visit<F>
  /** What is decided for one flag, without a request. */
  why<K extends keyof F & string>(key: K, context: Context): Omit<Decision<F[K]>, 'token'>
  /** Where the snapshot comes from. */
  readonly source: Source
  /** The version of the configuration that decides. */
  readonly version: number | undefined
}

/** A snapshot's bytes, or what has one: `connect(...)`. */
export type Source = Uint8Array | { readonly snapshot: Uint8Array | undefined }

/** Flags on a server. */
export function serve<F extends object = Known>(source: Source, options?: ServeOptions): Server<F>
