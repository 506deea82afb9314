// One request to the engine and its answer, as a value: nothing here throws, so no screen can forget an error.

import { observable } from './observable'
import { signOut, token } from './session'
import type { EnvironmentKey, Problem } from './types'

export interface Success<T> {
  ok: true
  value: T
  status: number
  /** The answer as it came. */
  text?: string
}

/** What went wrong. `status` is 0 when no answer came. */
export interface Failure {
  ok: false
  status: number
  error: string
  fix: string
  /** Everything that is wrong with what was sent (422). */
  problems: Problem[]
  /** What somebody else has saved meanwhile (412). */
  current: unknown
}

export type Result<T> = Success<T> | Failure

/** Whether the engine answers; since when it does not. */
export const lostSince = observable<number | null>(null)

/** A request that takes longer than this is lost. A day's jump and a kill answer at once and are then asked about. */
const PATIENCE = 15_000

export const inProject = (project: string, ...path: (string | number)[]): string =>
  ['/api/v1/projects', ...[project, ...path].map((part) => encodeURIComponent(part))].join('/')

export const inEnvironment = (project: string, environment: EnvironmentKey, ...path: (string | number)[]): string =>
  inProject(project, 'environments', environment, ...path)

interface Options {
  body?: unknown
  /** Of what is being changed; it goes out as `If-Match`. */
  revision?: number
  signal?: AbortSignal
}

export const read = <T>(path: string, signal?: AbortSignal): Promise<Result<T>> => call<T>('GET', path, { signal })

export async function call<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, { body, revision, signal }: Options = {},
): Promise<Result<T>> {
  const headers = new Headers({ Accept: 'application/json' })
  const key = token.get()
  if (key) headers.set('Authorization', `Bearer ${key}`)
  if (body !== undefined) headers.set('Content-Type', 'application/json')
  if (revision !== undefined) headers.set('If-Match', `"${revision}"`)
  const limit = AbortSignal.timeout(PATIENCE)
  let response: Response
  let text: string
  try {
    response = await fetch(path, {
      method, headers, cache: 'no-store', credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    text = await response.text()
  } catch {
    if (!signal?.aborted) lost()
    return failure(0, SILENCE)
  }
  const value = parse(text)
  // A proxy in front of a dead engine answers in its place, with words of its own.
  if ([502, 503, 504].includes(response.status) && !hasWords(value)) {
    lost()
    return failure(0, SILENCE)
  }
  lostSince.set(null)
  if (response.ok) return { ok: true, value: value as T, status: response.status, text }
  // Only if it is still this token that was refused: another may have come while this request was under way.
  if (response.status === 401 && token.get() === key) signOut(key !== null)
  return failure(response.status, value)
}

/** A file that the engine makes, as text; nothing if it makes none now. */
export async function readFile(path: string): Promise<string | undefined> {
  const key = token.get()
  const headers = new Headers(key ? { Authorization: `Bearer ${key}` } : {})
  try {
    const response = await fetch(path, { headers, cache: 'no-store', credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE) })
    return response.ok ? await response.text() : undefined
  } catch {
    lost()
    return undefined
  }
}

const SILENCE = {
  detail: 'The engine does not answer.',
  fix: 'Nothing is lost; the page goes on as soon as it is back.',
}

function lost(): void {
  if (lostSince.get() === null) lostSince.set(Date.now())
}

function failure(status: number, answer: unknown): Failure {
  const body = (typeof answer === 'object' && answer !== null ? answer : {}) as Partial<Failure & { detail: string }>
  const problems = Array.isArray(body.problems) ? body.problems : []
  return {
    ok: false,
    status,
    // What is wrong with a form stands at its fields.
    error: (status === 422 && problems.length ? undefined : body.detail) ?? DEFAULTS[status]?.[0] ?? `The engine answered with ${status}.`,
    fix: body.fix ?? DEFAULTS[status]?.[1] ?? '',
    problems,
    current: body.current,
  }
}

/** Words for answers that bring none. */
const DEFAULTS: Record<number, [error: string, fix: string]> = {
  401: ['Your token is not known here.', 'Open the link that `npm start` printed.'],
  404: ['This does not exist.', 'It may have been renamed or archived.'],
  409: ['This is not allowed now.', ''],
  412: ['Somebody changed this meanwhile.', 'Look at the current state and try again.'],
  422: ['Something is missing or wrong.', 'See what is named below.'],
}

const hasWords = (value: unknown): boolean => typeof value === 'object' && value !== null && 'detail' in value

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null
  } catch {
    return null
  }
}
