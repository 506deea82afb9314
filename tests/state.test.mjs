// State on disk: what an earlier version wrote is never misread.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { start } from '../build/product.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pointsman-state-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('state of another format is refused with what to do, and stays as it is', async () => {
  for (const [name, format] of [['before-formats', undefined], ['of-tomorrow', '99']]) {
    const own = join(folder, name)
    mkdirSync(join(own, 'state'), { recursive: true })
    if (format) writeFileSync(join(own, 'format'), format)
    const before = readdirSync(own)
    await assert.rejects(start({ folder: own, quiet: true }), new RegExp(`has format ${format ?? '1'}.*--fresh`))
    assert.deepEqual(readdirSync(own), before)
  }
})

test('state of this version is read again', async () => {
  const own = join(folder, 'own')
  for (let times = 0; times < 2; times++) await (await start({ folder: own, quiet: true })).stop()
  assert.match(readFileSync(join(own, 'format'), 'utf8'), /^\d+$/)
})
