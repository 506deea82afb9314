// The description of the API, held against the product that serves it: what it says of a call is how the call answers.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import Ajv from 'ajv/dist/2020.js'
import { applications } from './applications.mjs'

/** What stands for a name in a path; whatever else there is names nothing. */
const NAMES = { environment: 'development', key: 'hero', version: '1', unit: 'nobody', id: '1' }
const NOWHERE = /There is nothing here/

let of, description, calls, validate, project

before(async () => {
  of = await applications()
  const { product } = of
  ;({ projects: [{ key: project }] } = await (await product.api('GET', '/api/v1/projects')).json())
  description = await (await fetch(`${product.console}/openapi.json`)).json()
  const ajv = new Ajv({ strict: false, validateFormats: false })
  const { components } = description
  validate = (schema) => ajv.compile({ ...schema, components })
  calls = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })))
})
after(() => of?.close())

const send = ({ method, path }, { body, headers } = {}) => {
  const to = path.replace(/\{(\w+)\}/g, (_, name) => (name === 'project' ? project : NAMES[name]))
  return of.product.api(method, to, { body: body === undefined ? undefined : JSON.stringify(body), headers })
}

/** An answer is what the description says of its status. */
async function described({ method, path, operation }, response) {
  const name = `${method} ${path}: ${response.status}`
  const answer = operation.responses[response.status] ?? description.components.responses.Problem
  assert.ok(operation.responses[response.status] || response.status >= 400, name)
  const [[type, { schema }]] = Object.entries(answer.content)
  assert.equal(response.headers.get('content-type').split(';')[0], type, name)
  const body = await response.json()
  const valid = validate(schema)
  assert.ok(valid(body), `${name} ${JSON.stringify(valid.errors)} ${JSON.stringify(body)}`)
  return body
}

test('the description is OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(description))
  assert.ok(result.valid, JSON.stringify(result.errors))
  assert.match(description.openapi, /^3\.1\./)
  assert.ok(calls.length >= 80, `${calls.length} calls`)
})

test('every call that is described is there, and what reads answers as described', async () => {
  for (const call of calls.filter(({ method }) => method === 'GET')) {
    const response = await send(call)
    const body = await described(call, response)
    assert.doesNotMatch(body.detail ?? '', NOWHERE, `${call.method} ${call.path}`)
    // What names nobody in particular is there.
    if (!/\{(id|key|version)\}/.test(call.path)) assert.ok(response.ok || [404, 422].includes(response.status), `${call.path}: ${response.status} ${body.detail}`)
  }
})

test('every call that writes says first what it misses', async () => {
  for (const call of calls.filter(({ method }) => method !== 'GET')) {
    const { operation } = call
    const needsSeen = operation.parameters.some(({ name, required }) => name === 'If-Match' && required)
    const body = operation.requestBody && { nobodyKnowsThis: 1 }
    const response = await send(call, { body })
    const { detail = '' } = await described(call, response)
    const name = `${call.method} ${call.path}: ${response.status} ${detail}`
    assert.doesNotMatch(detail, NOWHERE, name)
    if (body || needsSeen) assert.ok([404, 409, 412, 422, 428].includes(response.status), name)
  }
})

test('the role that a call takes is the one that it asks for', async () => {
  const made = await of.product.api('POST', `/api/v1/projects/${project}/people`, { body: JSON.stringify({ name: 'Reads', role: 'viewer' }) })
  const { token } = await made.json()
  for (const call of calls.filter(({ path }) => path.includes('{project}'))) {
    const to = call.path.replace(/\{(\w+)\}/g, (_, name) => (name === 'project' ? project : NAMES[name]))
    const response = await fetch(of.product.console + to, { method: call.method, headers: { authorization: `Bearer ${token}` } })
    assert.equal(response.status === 403, call.operation['x-role'] !== 'viewer', `${call.method} ${call.path}: ${response.status}, ${call.operation['x-role']}`)
    await response.body?.cancel()
  }
})
