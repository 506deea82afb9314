#!/usr/bin/env node
// `npm run deploy`: the Worker of wrangler.toml on Cloudflare, with the bucket and the secrets that it lacks. It can be
// repeated: what is there stays, above all the keys. docs/deploy.md says what has to be there before.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
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

/** What wrangler's words mean, and what to do. The first that fits is said. */
const FAULTS = [
  [/getaddrinfo|ENOTFOUND|ECONNREFUSED|fetch failed/i, 'Cloudflare cannot be reached from here.', 'Look at the network, and run the command again: nothing is done twice.'],
  [/not authenticated|necessary to set a CLOUDFLARE_API_TOKEN|not logged in|code: (1000|6003|6111|9106)\]/i, 'Cloudflare does not know who you are.',
    'Set CLOUDFLARE_API_TOKEN to a token made from the template “Edit Cloudflare Workers”, and CLOUDFLARE_ACCOUNT_ID to your account.'],
  [/retrieve account IDs|more than one account/i, 'It is not said in which account.', 'Set CLOUDFLARE_ACCOUNT_ID to yours.'],
  [/code: 10042\]/, 'The account has no R2.', 'Open R2 in the dashboard of Cloudflare once and accept its terms, or take [[r2_buckets]] out of wrangler.toml: the log then stays in the shards.'],
  ...[
    [/r2\/buckets/, 'for this account “Workers R2 Storage: Edit”'],
    [/\/workers\/routes|\/workers\/domains/, 'for the zone of each route “Workers Routes: Edit”'],
    [/\/zones\b/, 'for the zone of each route “Zone: Read”'],
    [/\/secrets/, 'for this account “Workers Scripts: Edit”, with which secrets are written, too'],
    [/\/workers\//, 'for this account “Workers Scripts: Edit”'],
    [/./, 'the permissions of docs/deploy.md'],
  ].map(([path, needed]) => [
    new RegExp(`(?=[^]*${path.source})(?=[^]*(code: (10000|10023|9109)\\]|Unauthorized|permission))`, 'i'), 'The token may not do this.',
    `It needs ${needed}; where it has that, it has ended or belongs to another account.`,
  ]),
  [/durable_objects|code: 10097\]/i, 'The account may not have Durable Objects of this kind.', 'Objects with SQLite are in every plan; look whether Workers are enabled.'],
  [/deploy routes that are|already associated|find zone|code: (10020|10013)\]/i, 'A route of wrangler.toml is another Worker’s, or of a zone that the account does not have.', 'Take it from the other Worker, or add the zone.'],
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

/** The buckets that wrangler.toml binds. */
const bucketsIn = (toml) => [...toml.matchAll(/^bucket_name = "(.*?)"/gm)].map(([, name]) => name)

/** A clock that anybody with a token turns is for one's own machine. */
function refuseDevelopment(toml) {
  if (!/^[^#\n]*\bDEV_CLOCK"?\s*=\s*(["'])(?!\1)/m.test(toml)) return
  throw new Error('DEV_CLOCK stands in wrangler.toml: with it the time of experiments can be turned, and what they counted is worth nothing. Take it out; it is for npm start and tests.')
}

const HELP = `npm run deploy -- [options]

  --dry-run       everything but what changes the account: builds, checks wrangler.toml and prints the size
  --config FILE   another wrangler.toml than the repository's
  --keys FILE     where the keys are kept (.pointsman/deploy/keys.json)
  --json          the result as JSON
  --help          this text

Builds the Worker, makes the bucket and the secrets that are missing, uploads it with wrangler and prints its addresses.
It can be repeated. The keys are made once: keep a copy of their file where you keep secrets.`

if (process.argv[1] === fileURLToPath(import.meta.url)) main()

function main() {
  const flags = { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } }
  const files = { config: { type: 'string', default: join(root, 'wrangler.toml') }, keys: { type: 'string', default: KEYS } }
  const { values } = options({ help: HELP, options: { ...flags, ...files } })
  const say = values.json ? () => {} : console.log
  try {
    setup()
    const told = deploy(resolve(values.config), resolve(values.keys), values['dry-run'], say)
    if (values.json) console.log(JSON.stringify({ deployed: !values['dry-run'], ...told }, null, 2))
    else for (const line of [`console: ${told.console}`, ...told.sites.map(({ site, place }) => `${place}: ${site}`)]) say(line)
  } catch (error) {
    if (values.json) console.log(JSON.stringify({ deployed: false, error: error.message }))
    else console.error(error.message)
    process.exitCode = 1
  }
}

/** Deploys what a file says. Gives `{gzip, buckets, secrets, sites, console}`: its size, what was made, and its addresses. */
function deploy(config, keysFile, dry, say) {
  const toml = readFileSync(config, 'utf8')
  refuseDevelopment(toml)
  const told = addresses(toml)
  const wrangle = (name, args, more) => step(name, [...args, '--config', config], more)
  const gzip = sizeIn(wrangle('Checking', ['deploy', '--dry-run', '--outdir', join(root, 'target/deploy/out')]))
  say(`The upload has ${(gzip / 1024).toFixed(0)} KiB in gzip.`)
  if (dry) return { gzip, ...told }
  const buckets = bucketsIn(toml).filter((name) => !hasBucket(name, config))
  for (const name of buckets) {
    wrangle(`Making the bucket ${name}`, ['r2', 'bucket', 'create', name])
    say(`Made the bucket ${name}.`)
  }
  wrangle('Uploading', ['deploy'])
  const secrets = bindings(keys(keysFile))
  const there = wrangle('Reading the names of the secrets', ['secret', 'list', '--format', 'json'])
  const known = new Set(JSON.parse(/\[[^]*\]/.exec(there)?.[0] ?? '[]').map(({ name }) => name))
  const missing = Object.entries(secrets).filter(([name]) => !known.has(name))
  if (missing.length) wrangle('Adding secrets', ['secret', 'bulk'], { input: JSON.stringify(Object.fromEntries(missing)) })
  say(missing.length ? `Added ${missing.map(([name]) => name).join(', ')}. The admin's token is in ${keysFile}.` : 'No secret was missing.')
  return { gzip, buckets, secrets: missing.map(([name]) => name), ...told }
}

/** Whether the account has a bucket. */
function hasBucket(name, config) {
  const { ok, text } = run(['r2', 'bucket', 'info', name, '--config', config])
  if (!ok && !/code: 10006\]/.test(text)) throw new Error(explained(`Looking for the bucket ${name}`, text))
  return ok
}

function step(name, args, more) {
  const { ok, text } = run(args, more)
  if (!ok) throw new Error(explained(name, text))
  return text
}
