// Who a visitor is, and proof of what was decided for them (docs/wire.md). A unit is 128 random bits that carry our
// MAC, so nothing that a client invents is ever a unit; a decision token binds unit, run, epoch and variant. Each place
// signs with keys of its own: what staging signed is worth nothing in production.

const VERSION = 'v1'
const MAC_BYTES = 16

const encoder = new TextEncoder()

/** Keys by place and root secret, made once an isolate. */
const keys = new Map()

/** The key of a place. */
export function keyOf(place, secret) {
  const name = `${place.name} ${secret}`
  if (!keys.has(name)) keys.set(name, derived(place, secret))
  return keys.get(name)
}

/** HMAC-SHA-256 of its name under the root secret. */
async function derived(place, secret) {
  const root = await imported(fromBase64url(secret))
  return imported(await crypto.subtle.sign('HMAC', root, encoder.encode(`place\0${place.name}`)))
}

export const imported = (bytes) => crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

/** The keys that are valid, and what texts that they have signed turned out to say: visitors send the same again and again. */
let valid = {}
const PROVEN = 2000

/** `UNIT_KEYS` is `id:secret,id:secret`: the first signs, all verify. */
export function unitKeys({ UNIT_KEYS: text }) {
  if (text !== valid.text) valid = { text, pairs: text.split(',').map((pair) => pair.split(':')), proven: new Map() }
  return valid.pairs
}

/** What a signed text says, a promise of it, or nothing. Only what is true is kept: nobody fills the memory with inventions. */
function proven(env, name, verify) {
  unitKeys(env)
  return valid.proven.get(name) ?? proved(valid, name, verify)
}

async function proved({ proven }, name, verify) {
  const said = await verify()
  if (said === undefined) return undefined
  // The oldest half goes at once.
  if (proven.size >= PROVEN) for (const old of [...proven.keys()].slice(0, PROVEN / 2)) proven.delete(old)
  proven.set(name, said)
  return said
}

async function mac(place, secret, text) {
  const signature = await crypto.subtle.sign('HMAC', await keyOf(place, secret), encoder.encode(text))
  return new Uint8Array(signature, 0, MAC_BYTES)
}

/** A signed text: `<fields>.<key id>...` is the caller's business, the MAC covers `purpose`, the text and `more`. */
export async function sealed(env, place, purpose, text, keyId, more = '') {
  const [, secret] = unitKeys(env).find(([id]) => id === keyId) ?? []
  if (!secret) return undefined
  return toBase64url(await mac(place, secret, [purpose, text, more].join('\0')))
}

/** Compares without telling by its time where two texts differ. */
export function same(left, right) {
  if (typeof left !== 'string' || left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}

/** A new unit: its id, and its cookie's value. */
export async function mint(env, place) {
  const id = toBase64url(crypto.getRandomValues(new Uint8Array(16)))
  return { id, cookie: await signUnit(env, place, id) }
}

/** The cookie's value for a unit: `v1.<id>.<key id>.<mac>`. */
export async function signUnit(env, place, id) {
  const [[keyId]] = unitKeys(env)
  const text = `${VERSION}.${id}.${keyId}`
  return `${text}.${await sealed(env, place, 'unit', text, keyId)}`
}

/** The unit in a cookie's value, or nothing if it is not this place's. */
export const verifyUnit = (env, place, cookie) => proven(env, `${place.name}\0${cookie}`, async () => {
  const [version, id, keyId, seal, ...rest] = cookie?.split('.') ?? []
  if (version !== VERSION || rest.length || !seal || !/^[\w-]{22}$/.test(id)) return undefined
  return same(await sealed(env, place, 'unit', `${version}.${id}.${keyId}`, keyId), seal) ? id : undefined
})

/** Whether a cookie's value was signed with the key that signs now. */
export const isCurrent = (env, cookie) => cookie.includes(`.${unitKeys(env)[0][0]}.`)

/** `v1.<key id>.<run>.<epoch>.<variant>.<config>.<time>.<flags>.<mac>`: the edge's word that it decided so. */
export async function signDecision(env, place, unit, { run, epoch, variant, config, time, flags = 0 }) {
  const [[keyId]] = unitKeys(env)
  const text = [VERSION, keyId, run, epoch, variant, config, time, flags].join('.')
  return `${text}.${await sealed(env, place, 'decision', text, keyId, unit)}`
}

/** The decision in a token, or nothing if it is not this place's or not this unit's. */
export const verifyDecision = (env, place, unit, token) => typeof token === 'string' ? proven(env, `${place.name}\0${unit}\0${token}`, async () => {
  const fields = token.split('.')
  const [version, keyId, run, epoch, variant, config, time, flags, seal] = fields
  if (version !== VERSION || fields.length !== 9) return undefined
  if (!same(await sealed(env, place, 'decision', fields.slice(0, 8).join('.'), keyId, unit), seal)) return undefined
  return { run, epoch: Number(epoch), variant, config: Number(config), time: Number(time), flags: Number(flags) }
}) : undefined

/** The unit as it is stored: 128 bits of a keyed hash in hexadecimal digits, useless without the project's key. */
export async function pseudonym(env, place, unit) {
  return toHex(await mac(place, env.PROJECT_KEY, `stored\0${unit}`))
}

/** What a sender calls an event, as it is stored: such names may hold an address or a number of somebody's. */
export async function eventName(env, place, id) {
  return toHex(await mac(place, env.PROJECT_KEY, `event\0${id}`))
}

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

export function toBase64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function fromBase64url(text) {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
}
