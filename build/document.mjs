// `npm run document -- FILE`: publishes a document to the product that runs on this machine, or names all its problems.
// Without a file it prints the current one.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './setup.mjs'

const HELP = `npm run document -- [FILE] [options]

  FILE            the document to publish; without one the current document is printed
  --site HOST     the folder below .pointsman/ that npm start uses (demo)
  --port N        the product's port (8787)
  --json          machine-readable answers`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    site: { type: 'string', default: 'demo' }, port: { type: 'string', default: '8787' },
    json: { type: 'boolean' }, help: { type: 'boolean' },
  },
})

if (values.help) console.log(HELP)
else process.exitCode = await main(positionals[0]).catch((error) => fail(error))

async function main(file) {
  const { adminToken } = JSON.parse(readFileSync(join(root, '.pointsman', values.site, 'keys.json'), 'utf8'))
  const url = `http://127.0.0.1:${values.port}/api/v1/document`
  const headers = { authorization: `Bearer ${adminToken}` }
  const current = await fetch(url, { headers })
  if (!file) {
    console.log(JSON.stringify(await current.json(), null, 2))
    return 0
  }
  const response = await fetch(url, {
    method: 'PUT', headers: { ...headers, 'if-match': current.headers.get('etag') }, body: readFileSync(file),
  })
  const answer = await response.json()
  if (values.json) console.log(JSON.stringify(answer))
  else if (response.ok) console.log(`Published as version ${answer.version} (${answer.digest.slice(0, 12)}).`)
  else if (answer.problems) {
    console.error(`${answer.problems.length} problems; version ${current.headers.get('etag')} stays:\n`)
    for (const { pointer, cause, fix } of answer.problems) console.error(`  ${pointer || '(whole)'}\n    ${cause} ${fix}`)
  } else console.error(answer.error)
  return response.ok ? 0 : 1
}

function fail(error) {
  const hint = error.cause?.code === 'ECONNREFUSED' ? `Nothing runs on port ${values.port}; npm start begins it.` : error.message
  console.error(hint)
  return 1
}
