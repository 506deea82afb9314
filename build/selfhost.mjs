#!/usr/bin/env node
// The environment of a product that runs by itself: its keys, made once, and what wrangler.toml says on Cloudflare.

import { existsSync, writeFileSync } from 'node:fs'
import { readSites } from '../worker/place.mjs'
import { bindings, keys } from './keys.mjs'
import { options } from './options.mjs'
import { VARIABLES } from './variables.mjs'

const HELP = `node build/selfhost.mjs FILE [options]

  FILE                  the environment file; its keys lie beside it, in FILE.keys.json
  --site HOST=PLACE     a site and its place, such as www.example.com=shop/production; may be repeated
  --console HOST        the console's host
  --variable NAME=TEXT  another variable of wrangler.toml; may be repeated
  --help                this text

Keys that are there stay. The admin's token is printed once, when it is made.`

const { values, positionals: [file] } = options({
  help: HELP, allowPositionals: true,
  options: { site: { type: 'string', multiple: true }, console: { type: 'string' }, variable: { type: 'string', multiple: true } },
})

const pairs = (all = []) => Object.fromEntries(all.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))

try {
  if (!file || !values.console) throw new Error('A file and --console are needed; --help says what there is.')
  const SITES = JSON.stringify(pairs(values.site))
  readSites(SITES, values.console)
  const isNew = !existsSync(`${file}.keys.json`)
  const secrets = keys(`${file}.keys.json`)
  const variables = {
    ...VARIABLES, ...pairs(values.variable), ...bindings(secrets), SITES, CONSOLE_HOST: values.console,
  }
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'`)
  // systemd reads what stands between single quotes as it is.
  if (lines.some((line) => line.slice(line.indexOf('=') + 2, -1).includes("'"))) throw new Error('No variable may have a single quote in it.')
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  console.log(`${lines.length} variables are in ${file}.`)
  if (isNew) console.log(`The admin's token: ${secrets.adminToken}`)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
