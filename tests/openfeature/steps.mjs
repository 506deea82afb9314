// Our steps for OpenFeature's scenarios: what each sentence does in a world, and what it asserts there.

import assert from 'node:assert/strict'

/** OpenFeature's kinds of flags by the words of the scenarios; JavaScript has one kind of number. */
const KINDS = { boolean: 'Boolean', string: 'String', integer: 'Number', float: 'Number', object: 'Object' }

/** A value as scenarios write it: quoted or not, objects as JSON whose quotes are escaped. */
function valueOf(type, text) {
  const plain = /^".*"$/s.test(text) ? text.slice(1, -1) : text
  switch (type.toLowerCase()) {
    case 'boolean': return plain === 'true'
    case 'string': return plain
    case 'object': return plain === 'null' ? null : JSON.parse(plain.replaceAll('\\"', '"'))
    default: return Number(plain)
  }
}

const ask = async (world, type, key, fallback) => {
  Object.assign(world, { type, fallback, details: await world.evaluate(KINDS[type.toLowerCase()], key, fallback) })
}

/** Writes down what becomes of each evaluation, in order. */
const listener = (world, name) => Object.fromEntries(['before', 'after', 'error', 'finally'].map((stage) =>
  [stage, (_, details) => void world.heard.push({ name, stage, details })]))

const isValue = (world, text) => assert.deepEqual(world.details.value, valueOf(world.type, text))
const isTemplate = ({ details: { value } }) =>
  assert.deepEqual([value.showImages, value.title, value.imagesPerPage], [true, 'Check out these pics!', 100])
const isError = ({ details }, code) => assert.deepEqual([details.reason, details.errorCode], ['ERROR', code])
const isDefault = ({ details, fallback }) => assert.deepEqual(details.value, fallback)
const rows = ([, ...table]) => table
/** What a hook is told, by the names of the scenarios. */
const told = ({ flagKey, value, variant, reason, errorCode }) => ({ flag_key: flagKey, value, variant, reason, error_code: errorCode })
const KIND = '(boolean|string|integer|float|object)'

/** Each sentence, and what is done: the world first, then what the sentence names, then its table. */
export const STEPS = [
  // Providers and what surrounds them.
  [/^an? (stable|not ready|error|fatal|stale) provider$/, (world, state) => world.provide(state)],
  [/^a stable provider with retrievable context is registered$/, (world) => world.provide('stable')],
  [/^the provider status should be "(\w+)"$/, ({ client }, status) => assert.equal(client.providerStatus, status)],
  [/^a client with added hook$/, (world) => void world.client.addHooks(listener(world, 'client'))],

  // Contexts.
  [/^a context containing a key "(\w+)", with type "(\w+)" and with value "(.*)"$/, (world, key, type, text) => world.withContext({ [key]: valueOf(type, text) })],
  [/^a context containing a key "(\w+)" with null value$/, (world, key) => world.withContext({ [key]: null })],
  [/^context contains keys "fn", "ln", "age", "customer" with values "(.*)", "(.*)", (\d+), "(\w+)"$/, (world, fn, ln, age, customer) =>
    world.withContext({ fn, ln, age: Number(age), customer: customer === 'true' })],
  [/^A context entry with key "(.*)" and value "(.*)" is added to the "(.*)" level$/, (world, key, value, level) => world.levels[level]({ [key]: value })],
  [/^A table with levels of increasing precedence$/, (world, table) => void (world.precedence = table.flat())],
  [/^Context entries for each level from API level down to the "(.*)" level, with key "(.*)" and value "(.*)"$/, async (world, last, key, value) => {
    const levels = world.precedence.slice(0, world.precedence.indexOf(last) + 1)
    for (const level of levels) await world.levels[level]({ [key]: level === last ? value : `not this: ${level}` })
  }],
  [/^The merged context contains an entry with key "(.*)" and value "(.*)"$/, ({ merged }, key, value) => assert.equal(merged[key], value)],
  [/^an evaluation context with modifiable data$/, async (world) => {
    world.data = { email: 'ballmer@macrosoft.com', of: { lists: [1, 2] } }
    await world.withContext(world.data)
  }],
  [/^the original evaluation context should remain unmodified$/, ({ data }) => assert.deepEqual(data, { email: 'ballmer@macrosoft.com', of: { lists: [1, 2] } })],

  // Evaluations.
  [/^an? (\w+)-flag with key "(.*)" and a (?:default|fallback) value "(.*)"$/, (world, type, key, text) =>
    void (world.flag = { type, key, fallback: valueOf(type, text) })],
  [/^the flag was evaluated with details$/, (world) => ask(world, world.flag.type, world.flag.key, world.flag.fallback)],
  [/^Some flag was evaluated$/, (world) => ask(world, 'boolean', 'boolean-flag', false)],
  [/^the flag was evaluated with details asynchronously$/, async (world) => {
    const { type, key, fallback } = world.flag
    const asked = world.evaluate(KINDS[type.toLowerCase()], key, fallback)
    assert.ok(asked instanceof Promise)
    Object.assign(world, { type, asked })
    Promise.resolve().then(() => (world.isElsewhere = true))
  }],
  [/^the evaluation should complete without blocking$/, async (world) => {
    world.details = await world.asked
    assert.ok(world.isElsewhere)
  }],
  [/^evaluation options containing specific hooks$/, (world) => void (world.options = { hooks: [listener(world, 'first'), listener(world, 'second')] })],
  [/^the flag was evaluated with details using the evaluation options$/, async (world) => {
    const { type, key, fallback } = world.flag
    world.details = await world.evaluate(KINDS[type.toLowerCase()], key, fallback, world.options)
  }],
  [new RegExp(`^an? ${KIND} flag with key "(.*)" is evaluated with (?:details and )?(?:a )?(null )?default value ?(.*)$`), (world, type, key, none, text) =>
    ask(world, type, key, valueOf(type, none ? 'null' : text))],
  [/^a flag with key "(.*)" is evaluated with default value "(.*)"$/, (world, key, fallback) => {
    world.flag = { key }
    return ask(world, 'string', key, fallback)
  }],
  [/^a non-existent string flag with key "(.*)" is evaluated with details and a default value "(.*)"$/, (world, key, fallback) => ask(world, 'string', key, fallback)],
  [/^a string flag with key "(.*)" is evaluated as an integer, with details and a default value (\d+)$/, (world, key, text) => ask(world, 'integer', key, Number(text))],

  // What comes of them.
  [/^the resolved object (?:details )?value should be contain fields "showImages", "title", and "imagesPerPage", with values "true", "Check out these pics!" and 100, respectively$/, isTemplate],
  [/^the resolved (boolean|string|integer|float) value should be (.*)$/, (world, _, text) => isValue(world, text)],
  [new RegExp(`^the resolved (boolean|string|integer|float) details value should be (.*), the variant should be "(.*)", and the reason should be "(.*)"$`), (world, _, text, variant, reason) => {
    isValue(world, text)
    assert.deepEqual([world.details.variant, world.details.reason], [variant, reason])
  }],
  [/^the resolved details value should be (".*")$/s, isValue],
  [/^the resolved string response should be "(.*)"$/, ({ details }, value) => assert.equal(details.value, value)],
  [/^the resolved flag value is "(.*)" when the context is empty$/, async (world, value) => {
    await world.withContext({ fn: undefined, ln: undefined, age: undefined, customer: undefined })
    await ask(world, 'string', world.flag.key, 'neither')
    assert.equal(world.details.value, value)
  }],
  [/^the default (?:string|integer) value should be returned$/, isDefault],
  [/^the reason should indicate an error and the error code should indicate a (?:missing flag|type mismatch) with "(\w+)"$/, isError],
  [/^the variant should be "(.*)", and the reason should be "(.*)"$/, ({ details }, variant, reason) => assert.deepEqual([details.variant, details.reason], [variant, reason])],
  [/^the variant should be "([^"]*)"$/, ({ details }, variant) => assert.equal(details.variant, variant)],
  [/^the reason should be "(\w+)"$/, ({ details }, reason) => assert.equal(details.reason, reason)],
  [/^the flag key should be "(.*)"$/, ({ details }, key) => assert.equal(details.flagKey, key)],
  [/^the error-code should be "(\w+)"$/, isError],
  [/^the error message should contain "(.*)"$/, ({ details }, words) => assert.ok(details.errorMessage.includes(words), details.errorMessage)],
  [/^the evaluation details should be immutable$/, ({ details }) => {
    assert.ok(Object.keys(details.flagMetadata).length)
    assert.throws(() => (details.flagMetadata.version = 0), TypeError)
  }],
  [/^the resolved metadata should contain$/, ({ details }, table) => {
    for (const [key, type, text] of rows(table)) assert.equal(details.flagMetadata[key], valueOf(type, text))
  }],
  [/^the resolved metadata is empty$/, ({ details }) => assert.deepEqual(details.flagMetadata, {})],

  // Hooks.
  [/^the "(\w+)" hook should have been executed$/, ({ heard }, stage) => assert.ok(heard.some((one) => one.stage === stage), stage)],
  [/^the "(.*)" hooks should be called with evaluation details$/, ({ heard }, stages, table) => {
    for (const name of stages.split(', ')) {
      const { details } = heard.find(({ stage }) => stage === name)
      for (const [type, key, text] of rows(table)) assert.equal(told(details)[key], text === 'null' ? undefined : valueOf(type, text), key)
    }
  }],
  [/^the specified hooks should execute during evaluation$/, ({ heard }) => assert.deepEqual([...new Set(heard.map(({ name }) => name))].sort(), ['first', 'second'])],
  [/^the hook order should be maintained$/, ({ heard }) => assert.deepEqual(heard.map(({ name, stage }) => `${stage} ${name}`), [
    'before first', 'before second', 'after second', 'after first', 'finally second', 'finally first',
  ])],
]
