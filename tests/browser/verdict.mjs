// What a result's screen owes to whoever reads it, for each kind of verdict.

import assert from 'node:assert/strict'
import { show } from './screens.mjs'

/** On the screen the % stays beside its number. */
export const hard = (text) => text.replaceAll(' %', '\u00A0%')

/** The screen says what the API says, nothing is called winning, no number is none, and bad numbers are greyed and lead nowhere. */
export async function readsAsAnswered(page, key, { headline, words, recommend }) {
  await show(page, `experiments/${key}/reading`)
  const verdict = page.getByRole('region', { name: 'Verdict' })
  await verdict.getByRole('heading', { name: hard(headline), exact: true }).waitFor()
  assert.equal(await verdict.locator('.verdict-words').textContent(), hard(words), key)
  assert.doesNotMatch(await page.locator('main').innerText(), /winning|winner|NaN|undefined|Infinity/i, key)
  const unsound = page.locator('.unsound')
  assert.equal(await unsound.count(), recommend === 'fix' ? 1 : 0, key)
  if (recommend === 'fix') {
    assert.equal(await unsound.locator('.effect').count(), 0, `${key} draws bad numbers`)
    assert.equal(await unsound.locator('.rates').first().evaluate((rates) => getComputedStyle(rates).filter), 'grayscale(1)', key)
    assert.equal(await unsound.locator('.rates a').count(), 0, `${key} links bad numbers`)
  }
}
