// What an example of a test runner has to do: its own tests pass, and a snapshot is evaluated where they run.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { documentOf, snapshotOf, unitOf, WORDS } from '../sdk/snapshots.mjs'
import { open } from '../../dist/npm/index.js'

/** Runs its tests, and more in the runner's own world of arrays and modules: in its DOM, and in its Node. */
export async function runs(app, imports = '') {
  const bytes = Buffer.from(snapshotOf(documentOf())).toString('base64')
  const unit = unitOf(open, 'fresh')
  writeFileSync(app.path('page.test.js'), `
${imports}
import { inlined, open } from 'pointsman'

test('a page opens its decisions', () => {
  document.head.innerHTML = '<script type="application/json" data-id="pointsman">{"v":1,"flags":{"hero":{"value":false,"reason":"STATIC"}}}</script>'
  expect(open(inlined()).get('hero', true)).toBe(false)
  expect(open(null).get('hero', 'fallback')).toBe('fallback')
})
`)
  writeFileSync(app.path('snapshot.test.js'), `/** @jest-environment node */
// @vitest-environment node
${imports}
import { open } from 'pointsman'
import { open as openWithout } from 'pointsman/js'

const bytes = () => Uint8Array.from(atob('${bytes}'), (letter) => letter.charCodeAt(0))

test('a snapshot is evaluated', () => {
  for (const way of [open, openWithout]) {
    const flags = way(bytes(), { unit: '${unit}', country: 'AT' })
    const values = ['hero', 'shipping', 'never', 'price', 'missing'].map((key) => flags.get(key, 'fallback'))
    expect(values).toEqual([${JSON.stringify(WORDS.fresh)}, true, false, 7, 'fallback'])
    expect(flags.get('banner')).toEqual({ text: 'Today <only>', lines: [1, 2] })
    flags.update({ unit: '${unit}', country: 'Österreich' })
    expect(flags.get('shipping')).toBe(false)
  }
})
`)
  const said = await app.run('test')
  assert.match(said, /Tests:? +4 passed/, said)
  assert.doesNotMatch(said, /warn/i)
}
