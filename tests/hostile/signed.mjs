// One bit of what edges take in is another: the snapshot that a pointer names, or the pointer that the project signed.
// The edge's own checks (worker/pointer.mjs) must see each of them.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bindings, keys } from '../../build/keys.mjs'
import { HEADER } from '../../dist/sdk/names.js'
import { Evaluator, instances } from '../../dist/sdk/instance.js'
import { readFileSync } from 'node:fs'
import { root } from '../../build/setup.mjs'
import { isNamed, isSigned, signPointer } from '../../dist/worker/pointer.mjs'

const PLACE = { project: 'demo', environment: 'production' }

export async function flipped(snapshot, { every_bit: every, bit = 0 }) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-hostile-'))
  const env = bindings(keys(join(folder, 'keys.json')))
  rmSync(folder, { recursive: true, force: true })
  const digest = Buffer.from(snapshot.subarray(16, 48)).toString('hex')
  const unsigned = { version: 1, previous: 0, digest, audit: '0'.repeat(64) }
  const pointer = { ...unsigned, signature: await signPointer(env, PLACE, unsigned) }
  const text = Buffer.from(JSON.stringify(pointer))
  const evaluator = new Evaluator(instances(new WebAssembly.Module(readFileSync(join(root, 'dist/sdk/evaluator.wasm')))))

  const taken = async (pointerBytes, bytes) => {
    try {
      const named = JSON.parse(pointerBytes)
      if (!(await isSigned(env, PLACE, named))) return false
      if (!(await isNamed(named, bytes.subarray(0, HEADER), bytes.subarray(HEADER)))) return false
      evaluator.load(bytes)
      return true
    } catch {
      return false
    }
  }
  const failures = []
  if (!(await taken(text, snapshot))) failures.push('what was signed is refused')
  const before = evaluator.evaluate({ id: 'u1' }, 0).bytes
  for (const [name, whole, take] of [
    ['snapshot', Buffer.from(snapshot), (bytes) => taken(text, new Uint8Array(bytes))],
    ['pointer', text, (bytes) => taken(bytes, snapshot)],
  ]) {
    const bits = every ? Array.from({ length: whole.length * 8 }, (_, index) => index) : [bit % (whole.length * 8)]
    for (const index of bits) {
      const other = Buffer.from(whole)
      other[index >> 3] ^= 1 << (index & 7)
      if (await take(other)) failures.push(`bit ${index} of the ${name} may be another`)
    }
  }
  if (Buffer.compare(before, evaluator.evaluate({ id: 'u1' }, 0).bytes)) failures.push('what was served before has changed')
  return { failures: failures.slice(0, 5), notes: ['a signature is of the pointer; nobody puts one through the API'] }
}
