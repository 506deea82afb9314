// Who has signed in at the team's own provider: Cloudflare Access, or any issuer of OpenID Connect behind a proxy. Its
// word comes with each request as a signed token; who that is in a project, and what they may do, the project says.

import { fromBase64url } from './identity.mjs'
import { answer, parsed } from './body.mjs'

/** Milliseconds for which keys are not asked for again: a token that names an unknown one costs its sender, not the issuer. */
const RARELY = 60_000
/** Milliseconds by which two clocks may differ. */
const DRIFT = 60_000
const PATIENCE = 5000
const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
}

const algorithmOf = (alg) => (Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined)

const known = { keys: new Map(), asked: -Infinity, asking: undefined }

/** `{name}` of whoever has signed in, `{refusal}`, or nothing where nobody says they have. */
export async function signedIn(request, env) {
  const token = env.OIDC_ISSUER && tokenOf(request.headers)
  if (!token) return undefined
  const { name, why } = await read(token, env)
  if (name) return { name }
  return { refusal: answer(401, { error: `The sign-in is not accepted: ${why}.`, fix: 'Sign in again.' }) }
}

/**
 * Whether what would change something may have been sent by another site. A browser says where it comes from; where
 * nobody says, a token of our own tells, which no browser sends by itself, as it does what a provider knows it by.
 */
export function isForeign({ method, headers }, env) {
  if (/^(GET|HEAD)$/.test(method)) return false
  const [site, origin] = [headers.get('sec-fetch-site'), headers.get('origin')]
  if (site) return !['same-origin', 'none'].includes(site)
  if (origin) return URL.parse(origin)?.host !== env.CONSOLE_HOST
  return Boolean(env.OIDC_ISSUER && tokenOf(headers)) && !isOurs(headers)
}

/** Whether a token of ours comes along, which no browser sends by itself. */
export const isOurs = (headers) => /^Bearer pm_/.test(headers.get('authorization') ?? '')

/** The provider's token: Access has a header of its own, proxies send a bearer that is none of ours. */
function tokenOf(headers) {
  const [, bearer] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(headers.get('authorization') ?? '') ?? []
  return headers.get('cf-access-jwt-assertion') ?? bearer
}

/** `{name}` of whom a token names, or `{why}` it is not taken. */
async function read(token, env) {
  const [head, body, seal] = token.split('.')
  const [{ alg, kid } = {}, claims = {}] = [head, body].map(told)
  const algorithm = algorithmOf(alg)
  if (!algorithm) return { why: 'its signature is of no kind that is taken here' }
  const key = await keyOf(kid, env)
  if (!key || key.algorithm.name !== algorithm.name) return { why: 'its key is not known' }
  if (!(await isSealed(algorithm, key, seal, `${head}.${body}`))) return { why: 'its signature is wrong' }
  if (claims.iss !== env.OIDC_ISSUER) return { why: 'another issuer made it' }
  if (![claims.aud].flat().includes(env.OIDC_AUDIENCE)) return { why: 'it is for another application' }
  // A provider knows nothing of a clock that is turned here.
  const time = Date.now()
  if (!(claims.exp * 1000 > time - DRIFT)) return { why: 'it has ended' }
  if (claims.nbf * 1000 > time + DRIFT) return { why: 'it has not begun' }
  // Some providers write it as a text.
  const isVerified = String(claims.email_verified) !== 'false'
  const isNamed = typeof claims.email === 'string' && claims.email.includes('@') && isVerified
  return isNamed ? { name: small(claims.email) } : { why: 'it names no address' }
}

/** Latin letters in small, as the project compares them. Others stay: two of them may share a small one with a Latin letter. */
const small = (address) => address.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

async function isSealed(algorithm, key, seal, text) {
  try {
    return await crypto.subtle.verify(algorithm, key, fromBase64url(seal ?? ''), new TextEncoder().encode(text))
  } catch {
    return false
  }
}

function told(part) {
  try {
    return parsed(new TextDecoder().decode(fromBase64url(part ?? ''))) ?? undefined
  } catch {
    return undefined
  }
}

/** The issuer's key of this name. Keys are asked for when one is unknown, and seldom. */
async function keyOf(kid, env) {
  if (known.keys.has(kid)) return known.keys.get(kid)
  if (Date.now() - known.asked > RARELY) {
    known.asked = Date.now()
    known.asking = ask(env).then((keys) => (known.keys = keys), () => {})
  }
  await known.asking
  return known.keys.get(kid)
}

async function ask(env) {
  const address = env.OIDC_KEYS || (await fetched(env, `${env.OIDC_ISSUER.replace(/\/$/, '')}/.well-known/openid-configuration`)).jwks_uri
  const { keys } = await fetched(env, address)
  // A key that cannot be used here is none.
  const made = await Promise.allSettled(keys.map(async (jwk) => [jwk.kid, await keyIn(jwk)]))
  return new Map(made.flatMap(({ value }) => (value ? [value] : [])))
}

/** The key of a JWK. Not each says what it is for. */
function keyIn(jwk) {
  const algorithm = algorithmOf(jwk.alg ?? (jwk.kty === 'EC' ? 'ES256' : 'RS256'))
  return crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify'])
}

/** JSON of the issuer: on this machine through a service of its own, elsewhere by the way out. */
async function fetched(env, address) {
  const isNear = /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(address)
  const service = (isNear ? env.ISSUER : env.EGRESS) ?? { fetch }
  const response = await service.fetch(address, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(PATIENCE) })
  if (!response.ok) throw new Error(`${address} answers ${response.status}`)
  return response.json()
}
