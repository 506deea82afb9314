// OpenFeature's own scenarios (README.md), each with the web SDK and with the server SDK over our providers. What does
// not apply is run too: it has to fail, and is named with its reason.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { AstBuilder, GherkinClassicTokenMatcher, Parser, compile } from '@cucumber/gherkin'
import { IdGenerator } from '@cucumber/messages'
import { STEPS } from './steps.mjs'
import { ServerWorld, WebWorld, site } from './world.mjs'

const FEATURES = new URL('features/', import.meta.url)

/** Scenarios that do not apply: those with a step like this one. */
const EXCEPTIONS = [
  { on: ['web', 'server'], step: /^the resolved metadata should contain$/, why: 'A flag carries no metadata of its own: what it says beside its value is how it was decided.' },
  { on: ['web', 'server'], step: /^the resolved metadata is empty$/, why: 'Metadata always name the version of the configuration that decided.' },
  { on: ['web', 'server'], step: /^the reason should be "CACHED"$/, why: 'Nothing is cached. Each evaluation decides, and the specification lets providers do without.' },
  { on: ['web'], step: /the "(Transaction|Client|Invocation|Before Hooks)" level/, why: 'A browser has one visitor: the web SDK has its context at one level (3.2.2 of the specification).' },
  { on: ['web'], step: /asynchronously$/, why: 'The web SDK answers at once: there is nothing to wait for.' },
]

const id = IdGenerator.incrementing()
const parser = new Parser(new AstBuilder(id), new GherkinClassicTokenMatcher())
const scenarios = readdirSync(FEATURES).flatMap((file) =>
  compile(parser.parse(readFileSync(new URL(file, FEATURES), 'utf8')), file, id).map(({ name, steps }) => ({ file, name, steps })))

/** Does what a step says. */
async function run({ text, argument }, world) {
  const found = STEPS.flatMap(([pattern, work]) => (pattern.test(text) ? [[pattern.exec(text), work]] : []))
  if (found.length !== 1) throw new Undefined(`“${text}” means ${found.length} things; it has to mean one.`)
  const [[[, ...named], work]] = found
  const table = argument?.dataTable.rows.map(({ cells }) => cells.map(({ value }) => value))
  await work(world, ...named, ...(table ? [table] : []))
}

class Undefined extends Error {}

let from
before(async () => (from = await site()))
after(() => from.close())

for (const [on, World] of Object.entries({ web: WebWorld, server: ServerWorld })) {
  describe(`OpenFeature’s scenarios with the ${on} SDK`, () => {
    const used = new Set()

    for (const { file, name, steps } of scenarios) {
      const exception = EXCEPTIONS.find((one) => one.on.includes(on) && steps.some(({ text }) => one.step.test(text)))
      test(`${file}: ${name}`, async (t) => {
        const world = new World(from)
        const walk = async () => {
          for (const step of steps) await run(step, world)
        }
        try {
          if (!exception) return await walk()
          used.add(exception)
          t.diagnostic(`does not apply: ${exception.why}`)
          await assert.rejects(walk, (error) => !(error instanceof Undefined), 'it applies after all; take the exception away')
        } finally {
          await world.end()
        }
      })
    }

    test('no exception is left that nothing needs', () => {
      assert.deepEqual(EXCEPTIONS.filter((one) => one.on.includes(on) && !used.has(one)).map(({ why }) => why), [])
    })
  })
}

test('the scenarios are all there', () => assert.equal(scenarios.length, 136))
