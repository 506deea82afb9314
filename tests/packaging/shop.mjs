// The shop of the examples as a visitor meets it: behind the edge and without one, under policies that allow wasm and
// that refuse it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { connect } from '../../dist/npm/connect.js'
import { counts, grown, stage } from '../browser/stage.mjs'
import { document } from './examples.mjs'
import { host } from './host.mjs'

const WORDS = document.flags.hero.variants
const FALLBACK = 'Coffee'

/** The examples' document, with one word more likely: whoever meets the fallback's words by chance sees no flash. */
const tilted = structuredClone(document)
tilted.experiments.hero.run.split = [[1, 'control'], [2 ** 32, 'fresh']]

/** Everything that is to be seen where these are the words; what is off, false or unknown is not. */
const shopOf = (hero, react) => ({
  hero, ...(react && hero === WORDS.fresh && { warm: 'Still warm.' }), shipping: 'Shipping is free', notice: 'Open on Sundays until March',
  points: 'No points yet', buy: 'Buy',
})

/** A product with the examples' document, the server of a shop, and a browser; for all tests of a file. */
export const world = {}

before(async () => {
  world.host = await host()
  world.scene = await stage()
  world.edge = await world.scene.running(world.host.port, tilted)
  world.keys = await (await world.edge.api('GET', 'keys')).json()
  const source = connect({ url: world.edge.site, key: world.keys.client, refresh: 0 })
  await source.ready
  world.decide = (unit) => (source.update({ unit }), source.get('hero'))
})

after(async () => {
  await world.edge?.stop()
  await world.scene?.close()
  world.host?.close()
})

/**
 * Tests one way to bring an example to browsers.
 *
 * @param title what is tested
 * @param prepare builds or starts it, and gives what the shop's server is to serve: `folder` or `upstream`, with `stop`
 * @param options `react`: whether it has what only React's shops have; `page`: the one that decides by itself; `built`:
 *   whether that page comes with fallbacks; `sources`: what else its policy has to allow
 */
export function sells(title, prepare, { react = false, page = '/', built = false, sources } = {}) {
  test(title, async (t) => {
    const { stop, ...served } = await prepare(world)
    Object.assign(world.host, { folder: undefined, upstream: undefined, policy: undefined }, served)
    const allowed = sources ? await sources() : {}
    const policy = (wasm) => {
      const { edge: { site } } = world
      world.host.policy = [
        `default-src 'none'`, `base-uri 'none'`, `script-src 'self'${wasm ? ` 'wasm-unsafe-eval'` : ''} ${allowed.script ?? ''}`,
        `connect-src 'self' ${site} ${allowed.connect ?? ''}`, `style-src 'self'`,
      ].join('; ')
    }
    try {
      for (const wasm of [true, false]) {
        policy(wasm)
        const where = `under a policy that ${wasm ? 'allows' : 'refuses'} wasm`
        await t.test(`${title}: behind the edge every first value is the edge’s, and counts, ${where}`, () => behind({ react }))
        await t.test(`${title}: without an edge the page decides, ${where}`, () => alone({ react, page, built, wasm }))
      }
    } finally {
      await stop?.()
    }
  })
}

/** What a policy says to allow the scripts that stand in a page, and no others. */
export async function digests(path) {
  const html = await (await fetch(`http://127.0.0.1:${world.host.port}${path}`, { headers: { accept: 'text/html' } })).text()
  const inline = [...html.matchAll(/<script(?![^>]* src=)[^>]*>(.*?)<\/script>/gs)]
  return inline.map(([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ')
}

/** The program that decides where wasm is refused, whatever a bundler has called it. */
const isProgram = (text) => /Math\.imul/.test(text) && /Float64Array/.test(text)

/** A visitor's browser: what is shown, what the policy forbids, what the console complains of, and how often the program is fetched. */
const visit = (work) => world.scene.person(async (context) => {
  await context.addInitScript(watch)
  const page = await context.newPage()
  const complaints = []
  const scripts = []
  page.on('console', (message) => /error|warning/.test(message.type()) && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('response', (response) => response.request().resourceType() === 'script' && scripts.push(response.text().catch(() => '')))
  const go = async (address) => {
    complaints.length = scripts.length = 0
    await page.goto(address)
    await page.locator('#hero:not(:empty)').waitFor()
  }
  const told = async () => ({
    ...(await page.evaluate(() => ({ shown, forbidden }))), complaints, programs: (await Promise.all(scripts)).filter(isProgram).length,
  })
  return work({ page, go, told })
})

/** Runs in the page before anything else: writes down every word that anybody could have seen, and what policies forbid. */
function watch() {
  Object.assign(globalThis, { shown: [], forbidden: [] })
  const look = () => {
    const text = document.getElementById('hero')?.textContent
    if (text && text !== shown.at(-1)) shown.push(text)
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true })
  addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => forbidden.push(`${effectiveDirective} ${blockedURI}`))
}

/** Everything that is there to be seen, by id. */
const all = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('main [id]')]
  .filter(({ hidden, textContent }) => !hidden && textContent).map(({ id, textContent }) => [id, textContent])))

/** A visitor whom the edge has decided for, and who buys. */
async function behind({ react }) {
  const { edge } = world
  const met = await counts(edge)
  await visit(async ({ page, go, told }) => {
    // Then the page is no longer what a server has rendered, and its buttons work.
    const confirmed = page.waitForResponse((response) => response.url().endsWith('/_pm/e'))
    await go(`${edge.site}/`)
    await confirmed
    const { hero } = await page.evaluate(() => JSON.parse(document.querySelector('[data-id=pointsman]').textContent).flags)
    await page.click('#buy')
    await grown(met, { confirmed: 1, converted: 1 }, edge)
    assert.deepEqual(await told(), { shown: [hero.value], forbidden: [], complaints: [], programs: 0 })
    assert.deepEqual(await all(page), shopOf(hero.value, react))
  })
}

/** A visitor of a page that decides by itself. On its first page it has nothing to decide with yet; on the next it has. */
const alone = ({ react, page: path, built, wasm }) => visit(async ({ page, go, told }) => {
  for (const first of [true, false]) {
    await go(`http://127.0.0.1:${world.host.port}${path}`)
    await page.locator('#shipping:visible').waitFor()
    const hero = world.decide(await page.evaluate(() => localStorage.unit))
    assert.deepEqual(await all(page), shopOf(hero, react))
    const { shown, ...rest } = await told()
    assert.deepEqual(rest, { forbidden: wasm ? [] : ['script-src wasm-eval'], complaints: [], programs: wasm ? 0 : 1 })
    // The program without wasm may come before anything is shown, and before the page is there.
    const waits = first || built || (!wasm && shown.length > 1)
    assert.deepEqual(shown, waits ? [FALLBACK, hero] : [hero])
  }
})
