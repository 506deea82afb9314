// The keys of applications: one for browsers, which everybody may see, and a secret one for servers (docs/wire.md).
// They are derived like everything of a place, so that a root key that is replaced replaces them, too.

import { same, sealed, unitKeys } from './identity.mjs'
import { secretOf } from './signature.mjs'

const VERSION = 'v1'
const AUDIENCES = ['client', 'server']

/** A place's keys, `{client, server}`, and the secret of its feed, `{feed}`. */
export async function keysOf(env, place) {
  const [[keyId]] = unitKeys(env)
  const made = AUDIENCES.map(async (audience) => {
    const text = [VERSION, audience, keyId].join('.')
    return [audience, `${text}.${await sealed(env, place, 'key', text, keyId)}`]
  })
  return { ...Object.fromEntries(await Promise.all(made)), feed: await secretOf(env, place, 'feed') }
}

/** For whom a key is good in a place: `client`, `server`, or nobody. */
export async function audienceOf(env, place, key) {
  const [version, audience, keyId, seal, ...rest] = key?.split('.') ?? []
  if (version !== VERSION || rest.length || !seal || !AUDIENCES.includes(audience)) return undefined
  return same(await sealed(env, place, 'key', [version, audience, keyId].join('.'), keyId), seal) ? audience : undefined
}

/** The key in a request's headers, the way OpenFeature's clients send it. */
export const keyIn = ({ headers }) =>
  headers.get('x-api-key') ?? /^Bearer (.*)$/i.exec(headers.get('authorization') ?? '')?.[1]
