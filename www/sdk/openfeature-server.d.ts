import type { EvaluationContext, JsonValue, OpenFeatureEventEmitter, Provider, ResolutionDetails, TrackingEventDetails } from '@openfeature/server-sdk'
import type { Context } from './index.js'
import type { Server } from './server.js'

export interface ProviderOptions {
  /** Hears of tracking events: a server has no page whose visitor could be counted. */
  onTrack?(name: string, context: Context, details: TrackingEventDetails): void
}

/** A provider for `@openfeature/server-sdk` over `serve`. */
export class PointsmanProvider implements Provider {
  constructor(server: Server<any>, options?: ProviderOptions)
  readonly metadata: { readonly name: 'pointsman' }
  readonly runsOn: 'server'
  readonly events: OpenFeatureEventEmitter
  initialize(): Promise<void>
  onClose(): Promise<void>
  track(name: string, context: EvaluationContext, details: TrackingEventDetails): void
  resolveBooleanEvaluation(key: string, fallback: boolean, context: EvaluationContext): Promise<ResolutionDetails<boolean>>
  resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext): Promise<ResolutionDetails<string>>
  resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext): Promise<ResolutionDetails<number>>
  resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T, context: EvaluationContext): Promise<ResolutionDetails<T>>
}
