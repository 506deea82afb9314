// By what a receiver of the raw log or of messages knows that a place of ours has sent it (docs/integrations.md).

import { imported, keyOf, unitKeys } from './identity.mjs'

const encoder = new TextEncoder()

/** The secrets of a place for a purpose, such as `feed`, the one that signs first. */
async function keysFor(env, place, purpose) {
  const made = unitKeys(env).map(async ([, secret]) => crypto.subtle.sign('HMAC', await keyOf(place, secret), encoder.encode(purpose)))
  return (await Promise.all(made)).map((bytes) => new Uint8Array(bytes))
}

/** The secret as receivers write it down. */
export const secretOf = async (env, place, purpose) => `whsec_${btoa(String.fromCharCode(...(await keysFor(env, place, purpose))[0]))}`

/** Headers that prove who has sent a text, as the Standard Webhooks specification has them. While a key is replaced both sign. */
export async function signed(env, place, purpose, id, text) {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = async (bytes) => {
    const made = await crypto.subtle.sign('HMAC', await imported(bytes), encoder.encode(`${id}.${timestamp}.${text}`))
    return `v1,${btoa(String.fromCharCode(...new Uint8Array(made)))}`
  }
  const all = await Promise.all((await keysFor(env, place, purpose)).map(signature))
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': all.join(' ') }
}
