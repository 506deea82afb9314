#!/usr/bin/env node
// `npm run packaging`: the package in everything that front-end teams have. `npm test` runs what installs in seconds.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { options } from '../../build/options.mjs'
import { root, setup } from '../../build/setup.mjs'

const HELP = `npm run packaging -- [options]

  --only PATTERN   only tests whose names match
  --json           one line of JSON for each test
  --help           this text

Packs the package, installs it into copies of www/examples in target/packaging, builds and starts them, and visits them
in a browser. The first time it fetches about 900 MB of tools from npm's registry; from then on it takes three minutes.`

const { values } = options({ help: HELP, options: { only: { type: 'string' }, json: { type: 'boolean' } } })
const folders = ['tests/packaging', 'tests/packaging/further'].map((folder) => join(root, folder))
const [small, further] = folders.map((folder) => readdirSync(folder).map((file) => join(folder, file)))
const files = [...small.filter((file) => file.endsWith('.test.mjs')), ...further].sort()

setup()
const tests = run({ files, concurrency: 1, testNamePatterns: values.only })
let ran = 0
const line = (passed) => ({ name, skip, details: { duration_ms: ms, error } }) => skip === undefined &&
  console.log(JSON.stringify({ passed, name, ms: Math.round(ms), ...(!passed && { error: String(error.cause ?? error) }) }))
if (values.json) tests.on('test:pass', line(true)).on('test:fail', line(false))
else tests.compose(new spec()).pipe(process.stdout)
tests.on('test:pass', ({ skip }) => (ran += skip === undefined)).on('test:fail', () => (process.exitCode = 1))
tests.on('end', () => {
  if (ran || process.exitCode) return
  console.error(`No test's name matches ${values.only}.`)
  process.exitCode = 2
})
tests.resume()
