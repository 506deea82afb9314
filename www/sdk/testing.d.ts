import type { Known, OpenFlags } from './index.js'

/** Flags as a test says, and what the application did with them. */
export interface TestFlags<F extends object = Known> extends OpenFlags<F> {
  /** Changes a value, or takes the flag away, and tells whoever listens. */
  set<K extends keyof F & string>(key: K, value: F[K] | undefined): void
  /** Keys of flags that the application has shown, in order, each once. */
  readonly exposures: string[]
  /** Names of what it has tracked. */
  readonly tracked: string[]
}

/** Flags with these values. `variants` names their variants; where nothing is said that is the value as a text. */
export function withFlags<F extends object = Known>(
  values?: NoInfer<Partial<F>>, variants?: NoInfer<Partial<Record<keyof F, string>>>,
): TestFlags<F>
