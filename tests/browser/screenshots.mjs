#!/usr/bin/env node
// `npm run screenshots`: every screen of the dashboard in the demo as somebody sees it, to be looked at.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { options } from '../../build/options.mjs'
import { root, setup } from '../../build/setup.mjs'

const HELP = `npm run screenshots -- [options]

  --out FOLDER   where the pictures go (target/screenshots)
  --only TEXT    only screens whose name has this in it
  --whole        with the two quarters before, as npm start tells them
  --docs         takes the pictures of the guides anew instead, into docs/pictures; with those quarters
  --help         this text

Tells the demo's story and takes each screen on a desk, in the dark and on a phone: FOLDER/<view>/<screen>.png.`

const { values } = options({
  help: HELP,
  options: {
    out: { type: 'string', default: join(root, 'target/screenshots') }, only: { type: 'string' }, whole: { type: 'boolean' },
    docs: { type: 'boolean' },
  },
})

const VIEWS = {
  desk: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
}
/** As wide as a page of a guide. */
const GUIDES = { viewport: { width: 1180, height: 860 } }
/** Milliseconds after which plots are drawn and nothing moves any more. */
const STILL = 400

setup()
// Only now are the packages there that these need.
const { office, PROJECT } = await import('./office.mjs')
const { lettersOf, picturesOf, read, screensOf, show } = await import('./screens.mjs')
const team = await office()
try {
  await team.story(said, values.whole || values.docs ? ['history', 'weeks'] : ['weeks'])
  const { experiments } = await team.api.get(`${PROJECT}/experiments`)
  const wanted = ([name, screen]) => !values.only || name.includes(values.only) || screen.includes(values.only)
  if (values.docs) await take(join(root, 'docs/pictures'), Object.entries(picturesOf(experiments)).filter(wanted), GUIDES, false)
  else {
    const named = screensOf(experiments).map((screen) => [screen.replaceAll(/[/?=]/g, '-').replace(/-$/, ''), screen])
    for (const [view, how] of Object.entries(VIEWS)) await take(join(values.out, view), named.filter(wanted), how, true)
    if (wanted(['ask', 'leave'])) await letters(experiments)
  }
} finally {
  await team.close()
}

/** Takes screens, `[name, screen]`, into a folder. */
async function take(folder, screens, how, fullPage) {
  mkdirSync(folder, { recursive: true })
  const { page, context } = await team.person(undefined, how)
  for (const [name, screen] of screens) {
    await show(page, screen)
    await page.waitForTimeout(STILL)
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage })
  }
  await context.close()
  console.log(`${screens.length} screens in ${folder}`)
}

/** Takes the pages that a mail opens. */
async function letters(experiments) {
  const running = await Promise.all(experiments.filter(({ state }) => state === 'running').map(({ key }) => team.api.get(`${PROJECT}/experiments/${key}`)))
  const { key, plan } = running.find(({ plan }) => plan.change?.page && !plan.change.page.includes('*'))
  const link = await lettersOf(team, PROJECT, { key, page: plan.change.page })
  for (const [view, how] of Object.entries(VIEWS)) {
    const { page, context } = await team.person(undefined, how)
    await read(page, await link(), (name) => page.screenshot({ path: join(values.out, view, `${name}.png`), fullPage: true }))
    await context.close()
  }
}

function said(done, words) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K  The demo’s story: ${Math.round(100 * done)} %, ${words}${done === 1 ? '\n' : ''}`)
}
