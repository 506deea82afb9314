// A team at work: the whole product with the demo's server, visitors who come when they are called, and people at the
// dashboard in a real browser.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, served, start } from '../../build/product.mjs'
import { demo } from '../../www/landing/demo.mjs'
import { serve } from '../../www/landing/serve.mjs'
import { tell } from '../../www/landing/story.mjs'
import { ask, cookiesOf, decisionsOf, PART } from '../edge/wire.mjs'
import { launch } from './chromium.mjs'

export { eventually } from '../eventually.mjs'

const MINUTE = 60_000

export const PROJECT = '/api/v1/projects/demo'
export const PRODUCTION = `${PROJECT}/environments/production`

/**
 * Opens an office of its own. Nothing has been published there, and nobody visits the shop by themselves.
 *
 * @param options what else its product is started with, or a function that makes that of its folder
 */
export async function office(options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-office-'))
  const more = typeof options === 'function' ? options(folder) : options
  const [shop, demoPort] = await Promise.all([serve({}), freePort()])
  const product = await start({ folder, originPort: shop.port, demoPort, quiet: true, ...more })
  const running = await demo({ product, port: demoPort, rate: 0, say: () => {} })
  const { api, clock, audience, habits, tells, begin } = running
  let browser
  return {
    product, api, clock, habits, audience, tells, begin,

    /** Tells the demo's story: its five weeks, or the parts that are named. */
    story: (progress, parts = ['weeks']) => tell({
      parts, product, api, clock, progress, learn: (cards) => habits.learn(cards), traffic: ({ visitors, page }) => audience.send({ visitors, page }),
    }),

    /** Sends so many visitors to a page, and waits until all have left. */
    visitors: (visitors, page) => audience.send({ visitors, page }),

    /** Somebody who comes to a page and has met a version of an experiment, as the collector knows them: `{unit, variant}`. */
    async met(path, experiment) {
      for (let tries = 0; tries < 200; tries++) {
        const { text, setCookies } = await ask(product, path)
        const { run, variant, token } = Object.values(decisionsOf(text)?.flags ?? {}).find(({ token, run }) => token && run.startsWith(experiment)) ?? {}
        if (!run) continue
        const { pm } = cookiesOf(setCookies)
        const body = JSON.stringify({ v: 1, page: `met-${tries}`, seq: 0, dropped: 0, events: [{ t: 'seen', run, x: variant, d: token, dt: 0 }] })
        await ask(product, '/_pm/e', { method: 'POST', headers: { ...PART, cookie: `pm=${pm}` }, body })
        return { unit: pm.split('.')[1], variant }
      }
      throw new Error(`None of 200 visitors to ${path} is in ${experiment}.`)
    },

    /** Publishes a production document. */
    async publish(document) {
      const { version } = await api.get(`${PRODUCTION}/document`)
      await api.put(`${PRODUCTION}/document`, document, version)
    },

    /** Waits until visitors are served what is current. The edge looks for news as time passes, so some has to. */
    async published() {
      await clock.advance(MINUTE)
      const { versions } = await api.get(`${PRODUCTION}/versions`)
      await served(product, versions[0].version)
    },

    /** Somebody with a browser of their own, who has clicked the link of a token. */
    async person(link = `${product.console}/#token=${product.token}`, options) {
      browser ??= launch()
      const context = await (await browser).newContext({ viewport: { width: 1280, height: 900 }, ...options })
      context.setDefaultTimeout(60_000)
      const page = await context.newPage()
      const complaints = listen(page)
      await page.goto(link)
      return { context, page, complaints }
    },

    async close() {
      await (await browser)?.close()
      await running.close()
      await product.stop()
      await shop.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the browser says against a page: errors, and what the page's own policy forbids. */
function listen(page) {
  const complaints = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${message.text()} (${message.location().url})`))
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`))
  return complaints
}

/** The controls of a person's page, by their roles and the names that a screen reader would tell. */
export const on = ({ page }) => ({
  button: (name) => page.getByRole('button', { name, exact: true }),
  link: (name) => page.getByRole('link', { name, exact: true }),
  box: (name) => page.getByLabel(name, { exact: true }),
  heading: (name) => page.getByRole('heading', { name, exact: true }),
  text: (words) => page.getByText(words),
  go: (place) => page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place, exact: true }).click(),
  part: (name) => page.getByRole('navigation', { name: /^Parts of/ }).getByRole('link', { name, exact: true }).click(),
})
