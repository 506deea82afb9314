// OFREP's published schema (README.md) as a test of answers.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import Ajv from 'ajv/dist/2020.js'
import { parse } from 'yaml'

const protocol = parse(readFileSync(new URL('ofrep.yaml', import.meta.url), 'utf8'))

// A whole number is an integer and a number, so that no value of 7 could be exactly one of the two.
const [, value] = protocol.components.schemas.evaluationSuccess.allOf
assert.ok(value.oneOf, 'the schema has changed; look whether numbers still need this')
value.anyOf = value.oneOf
delete value.oneOf

// OpenAPI has words of its own beside those of JSON Schema.
const ajv = new Ajv({ strict: false, allErrors: true }).addSchema(protocol, 'ofrep')

/** Statuses that HTTP has for requests which are none of the protocol's, and for an edge that knows nothing yet. */
const OUTSIDE = [405, 413, 503]

/** Holds an answer against what the protocol says of its path and status; `path` is what comes after `.../flags`. */
export function conforms(path, { status, headers, body }) {
  const name = `/ofrep/v1/evaluate/flags${path && '/{key}'}`
  const answer = protocol.paths[name].post.responses[status]
  if (!answer) return assert.ok(OUTSIDE.includes(status), `${name} may not answer ${status}`)
  if (status === 304) return assert.equal(body, '')
  for (const header of status === 200 ? Object.keys(answer.headers ?? {}) : []) assert.ok(headers.get(header), `${name} has no ${header}`)
  if (!answer.content) return
  assert.match(headers.get('content-type'), /^application\/json\b/)
  const { $ref } = answer.content['application/json'].schema
  const isValid = ajv.getSchema(`ofrep${$ref}`)
  assert.ok(isValid(body), `${name} ${status}: ${ajv.errorsText(isValid.errors)}: ${JSON.stringify(body)}`)
}
