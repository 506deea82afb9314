import type { Time } from './index'

export type AlertState = 'open' | 'snoozed' | 'resolved'

/** What the watch has found, as it was seen. */
export interface Alert {
  id: number
  kind: string
  experiment: string
  title: string
  opened: Time
  closed: Time | null
  snoozed: Time | null
  state: AlertState
  what: string
  cause: string
  next: string
  evidence: Record<string, unknown> | null
}

export interface AlertsScreen {
  asOf: Time
  rate: number
  alerts: Alert[]
}
