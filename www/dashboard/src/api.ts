// The front door to the engine: all that a screen needs to read and write (docs/api.md).

export { call, inEnvironment, inProject, lostSince, read, readFile } from './client'
export type { Failure, Result, Success } from './client'
export { useLive, useWrite } from './live'
export type { Live, Write } from './live'
export { signIn, signOut, token } from './session'
