import { inEnvironment, useLive } from '../api'
import type { Live } from '../live'
import type { EnvironmentKey } from '../types'
import type { Published } from '../types/document'

/** What an environment serves, read anew when that is another version; no version, no request. */
export const useDocument = (project: string, environment: EnvironmentKey, version: number | undefined): Live<Published> =>
  useLive<Published>(version === undefined ? null : `${inEnvironment(project, environment, 'document')}?version=${version}`, 0)
