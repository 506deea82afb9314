// The pointer: which snapshot is current in a place, by the project's word (docs/wire.md). One text, signed here and
// checked here.

import { fromBase64url, toBase64url, toHex } from './identity.mjs'

const signedText = ({ project, environment }, { version, previous, digest, audit }) =>
  new TextEncoder().encode([project, environment, version, previous, digest, audit].join('\0'))

/** The signature of a pointer, with the project's private key. It is deterministic: the same pointer, the same bytes. */
export async function signPointer(env, place, pointer) {
  const key = await crypto.subtle.importKey('pkcs8', fromBase64url(env.PUBLISH_KEY), 'Ed25519', false, ['sign'])
  return toBase64url(new Uint8Array(await crypto.subtle.sign('Ed25519', key, signedText(place, pointer))))
}

/** Whether the project has signed this pointer for this place. */
export async function isSigned(env, place, pointer) {
  const signature = fromBase64url(pointer.signature)
  // The last character has bits that mean nothing: one signature, one spelling.
  if (toBase64url(signature) !== pointer.signature) return false
  const key = await crypto.subtle.importKey('raw', fromBase64url(env.PUBLISH_PUBLIC_KEY), 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, signature, signedText(place, pointer))
}

/** Whether a snapshot's header and body are those that a pointer names, so that neither says what nobody has signed. */
export async function isNamed({ version, digest }, header, body) {
  const own = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', body)))
  // Magic, format and length are looked at by whoever loads the snapshot.
  const said = new DataView(header.buffer, header.byteOffset).getUint32(8, true)
  return own === digest && toHex(header.subarray(16, 48)) === digest && said === version
}
