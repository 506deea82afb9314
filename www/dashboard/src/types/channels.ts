import type { Time } from './index'

/** What a message tells of. */
export type CardKind =
  | 'reached' | 'verdict' | 'rollback' | 'hold' | 'ratio' | 'stale' | 'approval' | 'overdue' | 'undone' | 'alert' | 'digest' | 'mention' | 'test'

export type Service = 'slack' | 'webhook' | 'mail'

/** Which messages go somewhere; what is empty takes all. */
export interface Route {
  team: string
  kinds: CardKind[]
  environments: string[]
}

/** Where messages go. Its address is told to nobody. */
export interface Channel {
  id: number
  revision: number
  name: string
  service: Service
  /** The host of a webhook, or who gets mail. */
  to: string
  template: string
  route: Route
  last: Delivery | null
  /** What signs the messages of a new webhook, told once. */
  secret?: string
}

export interface Channels {
  channels: Channel[]
  /** The demo's own. */
  receiver: string | null
}

/** What became of a message. */
export interface Delivery {
  id: number
  event: string
  kind: CardKind
  experiment: string
  title: string
  headline: string
  channel: string
  service: Service
  recipient: string
  at: Time
  state: 'open' | 'sent' | 'given up'
  attempts: number
  due: Time | null
  error: string
}
