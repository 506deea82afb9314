import { ENVIRONMENTS } from '../project'
import type { Route } from '../router'
import type { EnvironmentKey } from '../types'

/** Which environment an address of *Data* is about: production, unless it says `in=`. */
export function environmentAt({ query }: Route): EnvironmentKey {
  const named = query.get('in')
  return named !== null && Object.hasOwn(ENVIRONMENTS, named) ? named as EnvironmentKey : 'production'
}

/** A place below *Data* in an environment. */
export function dataPlace(environment: EnvironmentKey, part: string, query: Record<string, string> = {}): string {
  const all = new URLSearchParams({ ...(environment === 'production' ? {} : { in: environment }), ...query }).toString()
  return `#/data${part && `/${part}`}${all && `?${all}`}`
}

export const metricPlace = (environment: EnvironmentKey, key: string, query?: Record<string, string>): string =>
  dataPlace(environment, `metrics/${encodeURIComponent(key)}`, query)
