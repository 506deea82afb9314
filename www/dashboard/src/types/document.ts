// What a published document says of flags, as docs/language.md has it. What no screen writes is kept as it is.

export type Condition = Record<string, unknown>

export interface Rule {
  if?: Condition
  serve?: string
  rollout?: { salt: string; below: number; unit?: string }
  [more: string]: unknown
}

export interface Segment {
  description?: string
  /** Whether it must never reach a browser. */
  serverOnly?: boolean
  if: Condition
}

export interface DocumentFlag {
  kind: string
  variants: Record<string, unknown>
  off: string
  otherwise: string
  client?: boolean
  rules?: Rule[]
  [more: string]: unknown
}

export interface Document {
  flags: Record<string, DocumentFlag>
  segments?: Record<string, Segment>
  experiments?: Record<string, { flag: string; run?: { id: string } }>
  [more: string]: unknown
}

export interface Published {
  version: number
  document: Document | null
}
