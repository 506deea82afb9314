#!/usr/bin/env node
// `npm run deploy`: the Worker of wrangler.toml on Cloudflare, with the secrets that it lacks. It can be repeated: what is
// there stays, above all the keys. docs/deploy.md says what has to be there before.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSites } from '../worker/place.mjs'
import { bindings, keys } from './keys.mjs'
import { options } from './options.mjs'
import { root, setup } from './setup.mjs'

const TOOLS = join(root, 'target/deploy')
/** Where the deployment's keys are kept; whoever loses them loses every visitor's unit. */
const KEYS = join(root, '.pointsman/deploy/keys.json')

/** Wrangler and the Node that it needs, from npm: `[node, script]`. Fetched once, into target/. */
export function wrangler() {
  const files = [join(TOOLS, 'node_modules/node/bin/node'), join(TOOLS, 'node_modules/wrangler/bin/wrangler.js')]
  const wanted = readFileSync(join(root, 'tests/deploy/package-lock.json'), 'utf8')
  const has = existsSync(join(TOOLS, 'package-lock.json')) && readFileSync(join(TOOLS, 'package-lock.json'), 'utf8') === wanted
  if (has && files.every((file) => existsSync(file))) return files
  mkdirSync(TOOLS, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(root, 'tests/deploy', name), join(TOOLS, name))
  console.error('Fetching wrangler and Node 24 from npm, once (400 MB) ...')
  const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: TOOLS, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm could not fetch them:\n${stderr}`)
  return files
}

/** Environment in which wrangler asks nobody and tells nobody. */
export const QUIET = { WRANGLER_SEND_METRICS: 'false', CI: '1' }

/** Runs wrangler. Gives `{ok, text}`. */
export function run(args, { input } = {}) {
  const [node, script] = wrangler()
  const { status, stdout, stderr } = spawnSync(node, [script, ...args], {
    cwd: root, input, encoding: 'utf8', env: { ...process.env, ...QUIET }, maxBuffer: 1 << 26,
  })
  return { ok: status === 0, text: `${stdout}${stderr}` }
}

/** What wrangler's words mean, and what to do. */
const FAULTS = [
  [/not authenticated|CLOUDFLARE_API_TOKEN|\b10000\b|log ?in/i, 'Cloudflare does not know who you are.',
    'Set CLOUDFLARE_API_TOKEN to a token made from the template “Edit Cloudflare Workers”, and CLOUDFLARE_ACCOUNT_ID to your account.'],
  [/\b10023\b|\b9109\b|Unauthorized|permission/i, 'The token may not do this.',
    'It needs, for this account, “Workers Scripts: Edit”, and for each zone of a route “Workers Routes: Edit”.'],
  [/durable_objects|\b10097\b/i, 'The account may not have Durable Objects of this kind.', 'Objects with SQLite are in every plan; look whether Workers are enabled.'],
  [/route|\b10020\b|\b10013\b/i, 'A route of wrangler.toml is another Worker’s, or of a zone that the account does not have.', 'Take it from the other Worker, or add the zone.'],
  [/getaddrinfo|ENOTFOUND|ECONNREFUSED|fetch failed|network/i, 'Cloudflare cannot be reached from here.', 'Look at the network, and run the command again: nothing is done twice.'],
]

/** Why a step failed, in words. */
export function explained(step, text) {
  const [, cause, fix] = FAULTS.find(([sign]) => sign.test(text)) ?? [, 'Wrangler says:', 'Mend it and run the command again: nothing is done twice.']
  return `${step} failed. ${cause} ${fix}\n\n${text.trim().split('\n').slice(-12).join('\n')}`
}

/** Bytes of the upload in gzip, as wrangler counts them, or nothing. */
export const sizeIn = (text) => {
  const [, number] = /gzip: ([\d.]+) KiB/.exec(text) ?? []
  return number && Math.round(Number(number) * 1024)
}

/** The sites of wrangler.toml, in words for whoever goes there next. */
function addresses(toml) {
  const [, sites] = /^SITES = '''\n([^]*?)'''/m.exec(toml) ?? []
  const [, host] = /^CONSOLE_HOST = "(.*?)"/m.exec(toml) ?? []
  return { sites: [...readSites(sites ?? '', host)].map(([site, { name }]) => ({ site: `https://${site}`, place: name })), console: `https://${host}` }
}

const HELP = `npm run deploy -- [options]

  --dry-run   everything but the upload: builds, checks wrangler.toml and prints the size
  --json      the result as JSON
  --help      this text

Builds the Worker, adds the secrets that it lacks, uploads it with wrangler and prints its addresses. It can be repeated.
The keys are made once, in .pointsman/deploy/keys.json: keep a copy of that file where you keep secrets.`

if (process.argv[1] === fileURLToPath(import.meta.url)) main()

function main() {
  const { values } = options({ help: HELP, options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } } })
  const say = values.json ? () => {} : console.log
  try {
    setup()
    const told = addresses(readFileSync(join(root, 'wrangler.toml'), 'utf8'))
    const dry = step('Checking', ['deploy', '--dry-run', '--outdir', join(root, 'target/deploy/out')])
    const gzip = sizeIn(dry)
    say(`The upload has ${(gzip / 1024).toFixed(0)} KiB in gzip.`)
    if (!values['dry-run']) {
      step('Uploading', ['deploy'])
      const secrets = bindings(keys(KEYS))
      const there = step('Reading the names of the secrets', ['secret', 'list', '--format', 'json'])
      const known = new Set(JSON.parse(/\[[^]*\]/.exec(there)?.[0] ?? '[]').map(({ name }) => name))
      const missing = Object.entries(secrets).filter(([name]) => !known.has(name))
      if (missing.length) step('Adding secrets', ['secret', 'bulk'], { input: JSON.stringify(Object.fromEntries(missing)) })
      say(missing.length ? `Added ${missing.map(([name]) => name).join(', ')}. The admin's token is in ${KEYS}.` : 'No secret was missing.')
    }
    if (values.json) console.log(JSON.stringify({ deployed: !values['dry-run'], gzip, ...told }, null, 2))
    else for (const line of [`console: ${told.console}`, ...told.sites.map(({ site, place }) => `${place}: ${site}`)]) say(line)
  } catch (error) {
    if (values.json) console.log(JSON.stringify({ deployed: false, error: error.message }))
    else console.error(error.message)
    process.exitCode = 1
  }
}

function step(name, args, more) {
  const { ok, text } = run(args, more)
  if (!ok) throw new Error(explained(name, text))
  return text
}
