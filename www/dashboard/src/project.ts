import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { EnvironmentKey, Projects } from './types'

/** Where we are and who asks. */
export interface Here {
  project: string
  environments: { key: EnvironmentKey; site: string | null }[]
  person: Projects['person']
  demo: boolean
}

export const HereContext = createContext<Here | null>(null)

export function useHere(): Here {
  const here = useContext(HereContext)
  if (!here) throw new Error('This part belongs inside the frame, which knows the project.')
  return here
}

/** The environment that places open with: production, or on a developer's own machine the one that has the plain address. */
const homeOf = (environments: Here['environments']): EnvironmentKey =>
  environments.find(({ site }) => site && new URL(site).hostname === 'localhost')?.key ?? 'production'

/** Where a place opens. */
export function openedAt(path: string, environments: Here['environments']): string {
  const home = homeOf(environments)
  if (home === 'production' || (path !== 'flags' && path !== 'data')) return `#/${path}`
  return path === 'flags' ? `#/flags/${home}` : `#/data?in=${home}`
}

export const ENVIRONMENTS: Record<EnvironmentKey, string> = {
  production: 'Production', staging: 'Staging', development: 'Development',
}
