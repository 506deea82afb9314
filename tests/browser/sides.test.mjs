// Two pages side by side in the console, before anybody meets the other one.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { stub } from '../edge/wire.mjs'
import { eventually, office, on, PROJECT } from './office.mjs'

const FLAG = { kind: 'string', variants: { old: 'old', new: 'new', gone: 'away' }, off: 'old', otherwise: 'old' }
const DOCUMENT = {
  format: 1, flags: { offer: FLAG }, pages: { pricing: { path: '/pricing', flag: 'offer', variants: {
    new: [{ change: { rewrite: '/pricing-b' } }, { change: { css: 'h1 { color: rgb(255, 0, 0) }' } }], gone: [{ change: { redirect: '/pricing-c' } }],
  } }, terms: { path: '/terms', flag: 'offer', variants: { new: [{ select: 'h2', change: { text: 'Other words' } }] } } },
}
let origin, team, ada

before(async () => {
  origin = await stub(({ url }, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><head></head><h1>${url}</h1><div style="height:300vh"></div><h2>Words</h2><div style="height:300vh"></div>`))
  team = await office({ originPort: origin.port })
  await team.publish(DOCUMENT)
  await team.published()
  ada = await team.person()
})

after(async () => {
  await team?.close()
  await origin?.close()
})

test('a plan for a flag shows its two pages, on a desk and on a phone, and where a redirect leads', async () => {
  const { page, complaints } = ada
  const { button, box } = on(ada)
  const { key } = await team.api.post(`${PROJECT}/experiments`, { title: 'The other page', note: '' })
  await page.goto(`${team.product.console}/#/experiments/${key}`)
  await page.getByRole('radio', { name: 'A flag in code' }).check({ force: true })
  await box('Flag').selectOption('offer')
  await box('The new version to try').selectOption('new')
  assert.equal(await box('Page').inputValue(), '/pricing')
  await button('See both versions').click()
  const shown = (title, device) => page.frameLocator(`iframe[title="${title}: the page on a ${device}"]`).getByRole('heading', { level: 1 })
  for (const device of ['Desktop', 'Phone']) {
    await page.getByRole('radio', { name: device, exact: true }).check({ force: true })
    await shown('Now', device.toLowerCase()).getByText('/pricing', { exact: true }).waitFor()
    const other = shown('New', device.toLowerCase())
    await other.getByText('/pricing-b', { exact: true }).waitFor()
    assert.equal(await other.evaluate((heading) => getComputedStyle(heading).color), 'rgb(255, 0, 0)')
  }
  await box('The new version to try').selectOption('gone')
  await page.getByText('Visitors are sent to /pricing-c.').waitFor()
  await shown('New', 'phone').getByText('/pricing-c', { exact: true }).waitFor()
  assert.deepEqual(complaints.filter((one) => !/favicon/.test(one)), [])
})

test('what changes far below the top of a page is in sight in both', async () => {
  const { page, complaints } = ada
  await on(ada).box('The new version to try').selectOption('new')
  await on(ada).box('Page').fill('/terms')
  for (const [title, words] of [['Now', 'Words'], ['New', 'Other words']]) {
    const there = page.frameLocator(`iframe[title="${title}: the page on a phone"]`).getByRole('heading', { name: words, exact: true, level: 2 })
    await there.waitFor()
    const isSeen = () => there.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return top > 0 && bottom < innerHeight
    })
    assert.ok(await eventually(isSeen), title)
  }
  assert.deepEqual(complaints.filter((one) => !/favicon/.test(one)), [])
})

test('a marketer puts two pages against each other by their paths, sees both, and what is missing is said at its place', async () => {
  const { page, complaints } = ada
  const { button, box } = on(ada)
  const { key } = await team.api.post(`${PROJECT}/experiments`, { title: 'Plans by the year', note: '' })
  await page.goto(`${team.product.console}/#/experiments/${key}`)
  await page.getByRole('radio', { name: 'Two pages' }).check({ force: true })
  await box('The page now').fill('/pricing')
  // Whoever pastes an address means its path.
  await box('The new page').fill(`${team.product.site}/pricing-c`)
  await button('See both versions').click()
  const shown = (title) => page.frameLocator(`iframe[title="${title}: the page on a desktop"]`).getByRole('heading', { level: 1 })
  await shown('Now').getByText('/pricing', { exact: true }).waitFor()
  await shown('New').getByText('/pricing-c', { exact: true }).waitFor()
  await eventually(async () => (await team.api.get(`${PROJECT}/experiments/${key}`)).plan?.change.other === '/pricing-c')
  const { plan, problems } = await team.api.get(`${PROJECT}/experiments/${key}`)
  assert.deepEqual(plan.change, { kind: 'pages', page: '/pricing', other: '/pricing-c' })
  assert.ok(!problems.some(({ pointer }) => pointer.startsWith('/change')), JSON.stringify(problems))
  await box('The new page').fill('/pricing')
  await page.getByText('Both are the same page.').first().waitFor()
  assert.deepEqual(complaints.filter((one) => !/favicon/.test(one)), [])
})
