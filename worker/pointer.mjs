// The pointer: which snapshot is current in a place, by the project's word (docs/wire.md). One text, signed here and
// checked here.

import { fromBase64url, toBase64url } from './identity.mjs'

const signedText = ({ project, environment }, { version, previous, digest, audit }) =>
  new TextEncoder().encode([project, environment, version, previous, digest, audit].join('\0'))

/** The signature of a pointer, with the project's private key. It is deterministic: the same pointer, the same bytes. */
export async function signPointer(env, place, pointer) {
  const key = await crypto.subtle.importKey('pkcs8', fromBase64url(env.PUBLISH_KEY), 'Ed25519', false, ['sign'])
  return toBase64url(new Uint8Array(await crypto.subtle.sign('Ed25519', key, signedText(place, pointer))))
}

/** Whether the project has signed this pointer for this place. */
export async function isSigned(env, place, pointer) {
  const key = await crypto.subtle.importKey('raw', fromBase64url(env.PUBLISH_PUBLIC_KEY), 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, fromBase64url(pointer.signature), signedText(place, pointer))
}
