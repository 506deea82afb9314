/** A question to this visitor. */
export interface Survey {
  readonly key: string
  readonly question: string
  /** Answers to choose one of; of a rating, its points. */
  readonly choices: readonly string[]
  /** The words of a scale's two ends, where it is a rating. */
  readonly rating?: { readonly low: string; readonly high: string }
  /** What else is asked after certain answers. */
  readonly follow?: readonly { readonly after: readonly string[]; readonly question: string }[]
  /** Whether words of their own are taken. */
  readonly comment: boolean
  readonly when?: {
    readonly goal?: string
    readonly seconds?: number
    readonly exit?: boolean
    readonly own?: boolean
  }
  readonly languages?: Readonly<Record<string, { readonly question: string }>>
}

/** What became of an answer. */
export interface Outcome {
  /** `stored` is new and kept, `duplicate` was answered before. */
  readonly outcome: 'stored' | 'duplicate' | 'rejected' | 'filtered'
  readonly reason?: string
  /** Where they may make an appointment to talk. */
  readonly talk?: string
}

export declare const survey: {
  /** What this visitor may be asked on this page. */
  all(): Survey[]
  /** Whether the visitor may be asked this now. That is said once. */
  ask(key: string): Promise<boolean>
  /** What the visitor says. Fails where it did not get through; the same may then be sent again. */
  answer(key: string, said: { choice?: string; text?: string }): Promise<Outcome>
}
