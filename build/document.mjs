// `npm run document -- FILE`: publishes a document to the product that runs on this machine, or names all its problems.
// Without a file it prints the current one, so that it can be changed and published again.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { options } from './options.mjs'
import { apiOf } from './product.mjs'
import { running } from './running.mjs'
import { root } from './setup.mjs'

const HELP = `npm run document -- [FILE] [options]

  FILE                 the document to publish, from where npm was called; without one the current document is printed
  --environment NAME   development, staging or production; publishing has to name it, printing takes production
  --project NAME       the project (demo)
  --site NAME          whose: a folder below .pointsman/ (demo)
  --json               machine-readable answers
  --help               this text`

const { values, positionals } = options({
  help: HELP, allowPositionals: true,
  options: {
    environment: { type: 'string' }, project: { type: 'string', default: 'demo' }, site: { type: 'string', default: 'demo' },
    json: { type: 'boolean' },
  },
})

const [file] = positionals
const { project, environment = file ? undefined : 'production' } = values
if (!environment) {
  console.error('Publish where? Add --environment development, staging or production.')
  process.exit(2)
}

process.exitCode = await main().catch(({ message }) => {
  console.error(message)
  return 1
})

async function main() {
  const folder = join(root, '.pointsman', values.site)
  const { port } = running(folder) ?? {}
  if (!port) throw new Error(`${values.site} is not served now. ${others() || 'npm start begins it.'}`)
  const { adminToken } = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'))
  const url = new URL(`${apiOf(environment, project)}document`, `http://127.0.0.1:${port}`)
  const headers = { authorization: `Bearer ${adminToken}` }
  const current = await fetch(url, { headers })
  const { document, version, detail } = await current.json()
  if (!current.ok) throw new Error(detail)
  if (!file) {
    if (!document) throw new Error(`Nothing has been published to ${environment} yet.`)
    console.log(JSON.stringify(document, null, 2))
    return 0
  }
  const response = await fetch(url, { method: 'PUT', headers: { ...headers, 'if-match': `"${version}"` }, body: readFileSync(resolve(process.env.INIT_CWD ?? '.', file)) })
  say(await response.json(), version, response.ok)
  return response.ok ? 0 : 1
}

/** Which other states are served, where there are some. */
function others() {
  const states = join(root, '.pointsman')
  const served = existsSync(states) ? readdirSync(states).filter((name) => running(join(states, name))) : []
  return served.map((name) => `${name} is: say --site ${name}.`).join(' ')
}

function say(answer, version, published) {
  if (values.json) return console.log(JSON.stringify(answer))
  if (published) return console.log(`Published to ${environment} as version ${answer.version} (${answer.digest.slice(0, 12)}).`)
  if (!answer.problems) return console.error(answer.detail)
  const count = answer.problems.length
  console.error(`${count} problem${count === 1 ? '' : 's'}; version ${version} of ${environment} stays:\n`)
  for (const { pointer, cause, fix } of answer.problems) console.error(`  ${pointer || '(the whole)'}\n    ${cause} ${fix}`)
}
