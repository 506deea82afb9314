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

export const ENVIRONMENTS: Record<EnvironmentKey, string> = {
  production: 'Production', staging: 'Staging', development: 'Development',
}
