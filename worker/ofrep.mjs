// OpenFeature's Remote Evaluation Protocol: flags for every language that has a client of it. A client key reads what
// browsers may know, a server's key everything.

import { audienceOf, keyIn } from './access.mjs'
import { parsed, plainly, posted } from './body.mjs'
import { versionOf } from './config.mjs'
import { open, preflight } from './cors.mjs'
import { toHex } from './identity.mjs'
import { isMatch } from './match.mjs'
import { now } from './now.mjs'
import { PREFIX } from './prefix.mjs'

const FLAGS = /^v1\/evaluate\/flags(?:\/([^/]+))?$/
const BYTES = 65_536

const DETAILS = {
  FLAG_NOT_FOUND: 'No flag has this key.',
  TARGETING_KEY_MISSING: 'A draw was due, and the context has no targetingKey.',
  INVALID_CONTEXT: 'The context is no object, or its targetingKey is empty or too long.',
  PARSE_ERROR: 'The body is no JSON object.',
  GENERAL: 'The flag could not be evaluated.',
}

/** Answers `POST <prefix>ofrep/v1/evaluate/flags` and `.../flags/<key>`. */
export async function ofrep(request, env, place, evaluator, path) {
  if (request.method === 'OPTIONS') return preflight('POST')
  const audience = await audienceOf(env, place, keyIn(request))
  const response = await evaluated(request, place, evaluator, path, audience)
  // A page that has a server's key has made it public: no browser gets an answer to it.
  return audience === 'server' ? response : open(response)
}

async function evaluated(request, place, evaluator, path, audience) {
  const [known, part] = FLAGS.exec(path) ?? []
  const key = part && plainly(part)
  if (!known) return json(404, { errorDetails: `Flags are evaluated at ${PREFIX}ofrep/v1/evaluate/flags.` })
  if (!audience) return json(401, { errorDetails: 'Send a key of this environment as `Authorization: Bearer <key>` or `X-API-Key`.' })
  // Without any configuration yet no flag is known, which a client would take for flags that are gone.
  const isKnowing = versionOf(place) >= 0 || evaluator.names.keys.length > 0
  if (!isKnowing) return json(503, { errorDetails: 'No configuration has been read yet. Ask again in a second.' })
  const { text, refusal } = await posted(request, 'context', BYTES)
  if (refusal) return refusal
  const { context, errorCode } = read(text)
  if (errorCode) return json(400, failure(key, errorCode))
  const isKnown = (index) => audience === 'server' || evaluator.names.flag(index).client
  return key ? one(evaluator, key, context, isKnown) : all(request, evaluator, context, isKnown)
}

function one(evaluator, key, context, isKnown) {
  const { names } = evaluator
  const index = names.index(key)
  if (index === undefined || !isKnown(index)) return json(404, failure(key, 'FLAG_NOT_FOUND'))
  const result = told(evaluator.decide(key, context, now()), evaluator.version)
  return json(result.errorCode ? 400 : 200, result)
}

/** Every flag. Its tag is that of the text itself: what a caller has is told by nothing less than what it would get. */
async function all(request, evaluator, context, isKnown) {
  const decisions = evaluator.evaluate(context, now())
  const keys = evaluator.names.keys.filter((_, index) => isKnown(index))
  const body = JSON.stringify({ flags: keys.map((key) => told(decisions.of(key), evaluator.version)) })
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body))
  const headers = { etag: `"${toHex(new Uint8Array(digest, 0, 16))}"`, 'cache-control': 'no-store' }
  if (isMatch(request, headers.etag)) return new Response(null, { status: 304, headers })
  return new Response(body, { headers: { ...headers, 'content-type': 'application/json' } })
}

/** A decision as the protocol has it: a value, or a code that says why there is none. */
function told({ flag: key, value, variant, reason, error, rule, run }, version) {
  return error ? failure(key, error) : { key, value, variant, reason, metadata: { version, rule, run: run?.id } }
}

const failure = (key, errorCode) => ({ key, errorCode, errorDetails: DETAILS[errorCode] })

/** The context of a request. The targeting key is what is randomised. */
function read(text) {
  const body = parsed(text || '{}')
  if (!isObject(body)) return { errorCode: 'PARSE_ERROR' }
  const { context = {} } = body
  if (!isObject(context)) return { errorCode: 'INVALID_CONTEXT' }
  const { targetingKey, ...attributes } = context
  return { context: { ...attributes, ...(targetingKey !== undefined && { unit: targetingKey }) } }
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

const json = (status, body) => Response.json(body, { status, headers: { 'cache-control': 'no-store' } })
