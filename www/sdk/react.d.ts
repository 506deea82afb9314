import type { ReactNode } from 'react'
import type { Details, Known, OpenFlags, Reason, Value } from './index.js'

/** Gives `flags`, from `open` or `connect`, to everything below. */
export function FlagsProvider(props: { flags: OpenFlags<any>; children?: ReactNode }): ReactNode

/** The flags of the next provider above. */
export function useFlags<F extends object = Known>(): OpenFlags<F>

export interface Exposure {
  /** `false` keeps the exposure from being confirmed when the component is there. */
  seen?: boolean
}

/** The value of a flag, or `fallback` where there is none. The exposure is confirmed once the component is there. */
export function useFlag<K extends keyof Known & string, D extends Known[K]>(
  key: K, fallback: D, options?: Exposure,
): Value<Known[K], D>

export interface Experiment<Type> {
  readonly value: Type | undefined
  readonly variant: string | undefined
  readonly reason: Reason
  readonly run: string | undefined
  /** Confirms the exposure. */
  seen(): void
  /** The visitor did something. */
  track(name: string, details?: Details): void
}

/** What a component of an experiment needs. The exposure is confirmed once the component is there. */
export function useExperiment<K extends keyof Known & string>(key: K, options?: Exposure): Experiment<Known[K]>

/** Its children where the visitor's variant of `flag` is `is`. */
export function Variant(props: { flag: keyof Known & string; is: string | string[]; children?: ReactNode }): ReactNode
