// What a result's screen owes to whoever reads it, for each kind of verdict.

import assert from 'node:assert/strict'
import { show } from './screens.mjs'

/** On the screen the % stays beside its number. */
export const hard = (text) => text.replaceAll(' %', '\u00A0%')

/** Whether a picture that was laid out for a wider window keeps to its place until it is laid out anew. */
function keeps(picture) {
  const laid = picture.getAttribute('width')
  picture.setAttribute('width', 10 * laid)
  const is = picture.getBoundingClientRect().right <= innerWidth && document.documentElement.scrollWidth <= innerWidth
  picture.setAttribute('width', laid)
  return is
}

/**
 * The screen says what the API says, nothing is called winning, no number is none, pictures keep to their places, and bad numbers
 * are greyed and lead nowhere.
 */
export async function readsAsAnswered(page, key, { headline, words, recommend }) {
  await show(page, `experiments/${key}/reading`)
  const verdict = page.getByRole('region', { name: 'Verdict' })
  await verdict.getByRole('heading', { name: hard(headline), exact: true }).waitFor()
  assert.equal(await verdict.locator('.verdict-words').textContent(), hard(words), key)
  assert.doesNotMatch(await page.locator('main').innerText(), /winning|winner|NaN|undefined|Infinity/i, key)
  for (const dots of await page.locator('.dots').all()) assert.ok(await dots.evaluate(keeps), `${key} has a picture that leaves its place`)
  const unsound = page.locator('.unsound')
  assert.equal(await unsound.count(), recommend === 'fix' ? 1 : 0, key)
  if (recommend === 'fix') {
    assert.equal(await unsound.locator('.effect').count(), 0, `${key} draws bad numbers`)
    assert.equal(await unsound.locator('.rates').first().evaluate((rates) => getComputedStyle(rates).filter), 'grayscale(1)', key)
    assert.equal(await unsound.locator('.rates a').count(), 0, `${key} links bad numbers`)
  }
}
