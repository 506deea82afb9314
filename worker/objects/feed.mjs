// The raw log, handed on to whoever wants it (docs/integrations.md): batches of its lines, in order, signed, and each tried
// until it has arrived. Where the last one ended is written down after its answer; so none is lost, and one whose answer got
// lost comes again under the same name, with the same names of its lines.

import { placeNamed } from '../place.mjs'
import { toHex } from '../identity.mjs'
import { signed } from '../signature.mjs'
import { deliver } from './egress.mjs'
import { read, unzipped } from './segments.mjs'

/** Lines and characters of a batch: receivers take that much in one request, and answer within five seconds. */
const LINES = 500
const CHARACTERS = 262_144

const CURSOR = 'feed'
const START = { number: 0, failures: 0, error: '' }

/** How far a shard's log was handed on: all segments up to `number`, the `part` of the next one, and why not further. */
export const handedOn = async (storage) => (await storage.get(CURSOR)) ?? START

/**
 * Hands on what lies behind the cursor. `segments` are the files of the log `name`. Tells whether all of it has arrived; if
 * not, whoever asks again goes on from there.
 */
export async function handOn(env, storage, name, url, segments) {
  const { number: until, part: begun, failures } = await handedOn(storage)
  const failed = async (error, part) => {
    await storage.put(CURSOR, { number: cursor, part, failures: failures + 1, error })
    return false
  }
  let cursor = until
  for (const file of segments.map(({ name }) => name).filter((file) => numberOf(file) > until)) {
    const number = numberOf(file)
    // A segment that was written anew meanwhile has lost lines, so it begins again.
    let line = begun?.file === file ? begun.line : 0
    const body = await read(env.LOG, `${name}/${file}`)
    if (!body) return failed(`${file} cannot be read`, { file, line })
    const lines = (await unzipped(body)).split('\n').filter(Boolean)
    while (line < lines.length) {
      const batch = together(lines, line)
      const error = await send(env, name, url, file, line, batch)
      if (error) return failed(error, { file, line })
      line += batch.length
      await storage.put(CURSOR, { ...START, number: cursor, part: { file, line } })
    }
    cursor = number
    await storage.put(CURSOR, { ...START, number })
  }
  return true
}

const numberOf = (file) => Number.parseInt(file, 10)

/** The next lines, and at least one. */
function together(lines, from) {
  let [until, characters] = [from, 0]
  while (until < lines.length && until - from < LINES && (until === from || characters + lines[until].length <= CHARACTERS)) {
    characters += lines[until++].length
  }
  return lines.slice(from, until)
}

async function send(env, name, url, file, line, batch) {
  const [project, environment] = name.split('/')
  const id = `${name}/${file.slice(0, file.indexOf('.'))}/${line}`
  const lines = await Promise.all(batch.map(async (text) => `{"id":"${await nameOf(text)}",${text.slice(1)}`))
  const payload = `{"log":${JSON.stringify(name)},"lines":[${lines.join(',')}]}`
  const { why } = await deliver(env, url, payload, await signed(env, placeNamed(`${project}/${environment}`), 'feed', id, payload))
  return why
}

/** What a line is called: the same line has the same name, however often and in whichever batch it comes. */
async function nameOf(line) {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(line)), 0, 16))
}
