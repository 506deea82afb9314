import type { EvaluationContext, Hook, JsonValue, OpenFeatureEventEmitter, Provider, ResolutionDetails, TrackingEventDetails } from '@openfeature/web-sdk'
import type { OpenFlags } from './index.js'

export interface ProviderOptions {
  /**
   * `'evaluation'`, if nothing is said: a flag whose value is asked for has been met. `'tracking'`: only
   * `track('feature_flag.exposure', { 'feature_flag.key': key })` says so.
   */
  exposures?: 'evaluation' | 'tracking'
}

/** A provider for `@openfeature/web-sdk` over `open` or `connect`. */
export class PointsmanProvider implements Provider {
  constructor(flags: OpenFlags<any>, options?: ProviderOptions)
  readonly metadata: { readonly name: 'pointsman' }
  readonly runsOn: 'client'
  readonly events: OpenFeatureEventEmitter
  readonly hooks: Hook[]
  onContextChange(before: EvaluationContext, context: EvaluationContext): void
  onClose(): Promise<void>
  track(name: string, context: EvaluationContext, details: TrackingEventDetails): void
  resolveBooleanEvaluation(key: string, fallback: boolean, context: EvaluationContext): ResolutionDetails<boolean>
  resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext): ResolutionDetails<string>
  resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext): ResolutionDetails<number>
  resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T, context: EvaluationContext): ResolutionDetails<T>
}
