#!/usr/bin/env node
// `npm run fuzz:api`: schemathesis reads the description of the API and sends the running product what it can think of.
// Nothing may fail inside, and every answer has to be one that the description knows.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { options } from '../../build/options.mjs'
import { root, setup } from '../../build/setup.mjs'
import { applications } from '../edge/applications.mjs'

const HELP = `npm run fuzz:api -- [options]

  --examples N   calls of each operation (50)
  --seed N       to see a failure again (1)
  --help         this text

Needs Python 3.10 or later: schemathesis is installed into target/peers with pip, once.`

const WANTED = 'schemathesis==4.32.5'
const CHECKS = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance']

const { values } = options({
  help: HELP, numbers: ['examples', 'seed'],
  options: { examples: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
})

setup()
const python = join(root, 'target/peers/schemathesis/bin')
if (!existsSync(join(python, 'schemathesis'))) {
  console.error(`installing ${WANTED} into target/peers/schemathesis ...`)
  run('python3', ['-m', 'venv', join(root, 'target/peers/schemathesis')])
  run(join(python, 'python'), ['-m', 'pip', 'install', '--quiet', WANTED])
}
// Names of things that are there: else nearly every call would end at a project that nobody has.
const folder = mkdtempSync(join(tmpdir(), 'pointsman-fuzz-'))
const names = { project: 'demo', key: 'hero', id: '1', version: '1' }
writeFileSync(join(folder, 'schemathesis.toml'), `[parameters]\n${Object.entries(names).map(([name, value]) => `"path.${name}" = "${value}"\n`).join('')}`)
const of = await applications()
try {
  const { console: address, token } = of.product
  // Without waiting for it in one go: the site's pages come from this process.
  const fuzzer = spawn(join(python, 'schemathesis'), [
    'run', `${address}/openapi.json`, '--url', address, '--header', `Authorization: Bearer ${token}`, '--checks', CHECKS.join(','),
    '--max-examples', values.examples, '--seed', values.seed, '--phases', 'coverage,fuzzing', '--exclude-path-regex', '/settings/test$', '--request-timeout', '60', '--no-color',
  ], { cwd: folder, stdio: 'inherit' })
  const [status] = await once(fuzzer, 'exit')
  process.exitCode = status ?? 1
} finally {
  await of.close()
  rmSync(folder, { recursive: true, force: true })
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? status}`)
}
