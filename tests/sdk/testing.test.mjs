// Flags for tests of an application.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { withFlags } from '../../dist/npm/testing.js'
import { FlagsProvider, useFlag, Variant } from '../../dist/npm/react.js'

test('values are as the test says, and it hears what the application did', () => {
  const flags = withFlags({ hero: 'fresh', shipping: false, banner: { lines: 1 } }, { banner: 'sale' })
  assert.deepEqual([flags.get('hero', 'x'), flags.get('shipping', true), flags.get('other', 'x')], ['fresh', false, 'x'])
  assert.deepEqual(['hero', 'shipping', 'banner'].map((key) => flags.why(key).variant), ['fresh', 'off', 'sale'])
  for (const key of ['hero', 'shipping', 'hero']) flags.seen(key)
  flags.track('order')
  assert.deepEqual([flags.exposures, flags.tracked], [['hero', 'shipping'], ['order']])
})

test('a value that changes is told, and one that is taken away leaves the fallback', () => {
  const flags = withFlags({ hero: 'fresh' })
  let told = 0
  const stop = flags.subscribe(() => told++)
  const before = flags.why('hero')
  assert.equal(flags.why('hero'), before)
  flags.set('hero', 'control')
  assert.deepEqual([flags.get('hero'), told], ['control', 1])
  stop()
  flags.set('hero', undefined)
  assert.deepEqual([flags.get('hero', 'x'), told, flags.keys()], ['x', 1, []])
})

test('components render with them', () => {
  const Words = () => createElement('b', null, useFlag('hero', 'x'), createElement(Variant, { flag: 'hero', is: ['fresh', 'new'] }, '!'))
  const page = (values) => renderToString(createElement(FlagsProvider, { flags: withFlags(values) }, createElement(Words)))
  assert.equal(page({ hero: 'fresh' }), '<b>fresh<!-- -->!</b>')
  assert.equal(page({}), '<b>x</b>')
  assert.throws(() => renderToString(createElement(Words)), /no <FlagsProvider> above/)
})
