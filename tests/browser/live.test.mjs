// An open tab hears of what is clicked in the console within seconds, is silent while nobody sees it, and works on
// through an hour without the edge.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { consumer } from '../sdk/consumer.mjs'
import { documentOf } from '../sdk/snapshots.mjs'
import { stage } from './stage.mjs'

/** Milliseconds within which news arrive, on the slowest machine. */
const SECONDS = 60_000
const MINUTE = 60_000

const document = (price = 7) => {
  const whole = documentOf({ price })
  whole.flags.open = { kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules: [{ rollout: { salt: 'open', below: 2 ** 32 }, serve: 'on' }] }
  return whole
}

let scene, host, edge, key, script

before(async () => {
  const { '/app.js': bundled } = await consumer('live').bundle(`
    import { connect } from 'pointsman/connect'
    const query = new URLSearchParams(location.search)
    const heard = []
    const say = (flags) => [flags.get('open'), flags.get('price')].join()
    // The next question would come in an hour.
    const flags = connect({ url: query.get('edge'), key: query.get('key'), context: { unit: 'ada' }, refresh: Number(query.get('refresh') ?? 3_600_000), onChange: () => heard.push(say(flags)) })
    globalThis.app = { flags, heard, at: say(flags) }
  `)
  script = bundled
  host = createServer(({ url }, response) => {
    if (url === '/app.js') return response.setHeader('content-type', 'text/javascript').end(script)
    return response.setHeader('content-type', 'text/html').end('<!doctype html><title>An application</title><script type="module" src="/app.js"></script>')
  })
  await once(host.listen(0, '127.0.0.1'), 'listening')
  scene = await stage()
  edge = await scene.running(host.address().port, document())
  key = (await (await edge.api('GET', 'keys')).json()).client
})

after(async () => {
  await edge?.stop()
  await scene?.close()
  host?.closeAllConnections()
  host?.close()
})

const address = (refresh = '') => `http://127.0.0.1:${host.address().port}/?edge=${edge.site}&key=${key}${refresh && `&refresh=${refresh}`}`

/** A tab with the application, and what its streams are doing. */
async function opened(context, { init, refresh } = {}) {
  const page = await context.newPage()
  const streams = { open: 0, begun: 0 }
  const isStream = (request) => request.headers().accept === 'text/event-stream'
  page.on('request', (request) => isStream(request) && (streams.open++, streams.begun++))
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => isStream(request) && streams.open--)
  if (init) await page.addInitScript(init)
  await page.goto(address(refresh))
  await page.waitForFunction(() => globalThis.app?.flags.version !== undefined)
  await eventually(() => streams.begun)
  return { page, streams }
}

const hears = (page, last) => page.waitForFunction((words) => globalThis.app.heard.at(-1) === words, last, { timeout: SECONDS })

test('a flag that is clicked off in the console is off in an open tab within seconds, and on again', () => scene.person(async (context) => {
  const { page } = await opened(context)
  await hears(page, 'true,7')
  const console_ = await context.newPage()
  await console_.goto(`${edge.console}/#token=${edge.token}`)
  await console_.getByRole('navigation', { name: 'Places' }).waitFor()
  await console_.evaluate(() => (location.hash = '#/flags/development'))
  const row = console_.getByRole('listitem').filter({ hasText: 'open' })
  await row.getByRole('button', { name: /^Turn off/ }).click()
  await hears(page, 'false,7')
  await row.getByRole('button', { name: 'Undo' }).click()
  await hears(page, 'true,7')
}))

/** Chromium under Playwright shows every tab, so this stands in for a tab in the background. */
function behind() {
  let hidden = false
  Object.defineProperty(Document.prototype, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') })
  globalThis.hide = (is) => {
    hidden = is
    document.dispatchEvent(new Event('visibilitychange'))
  }
}

test('a tab that nobody sees listens to nothing, and hears what it has missed when somebody looks', () => scene.person(async (context) => {
  const { page, streams } = await opened(context, { init: behind })
  await hears(page, 'true,7')
  assert.equal(streams.open, 1)
  await page.evaluate(() => globalThis.hide(true))
  await eventually(() => !streams.open)
  assert.equal(streams.open, 0)
  await served(edge, (await publish(edge, document(8))).version)
  await pause(2500)
  assert.deepEqual([streams.open, streams.begun, await page.evaluate(() => globalThis.app.heard.at(-1))], [0, 1, 'true,7'])
  await page.evaluate(() => globalThis.hide(false))
  await hears(page, 'true,8')
  assert.deepEqual([streams.open, streams.begun], [1, 2])
}))

test('a tab works on through an hour without the edge, loaded anew as well, and hears of its return', () => scene.person(async (context) => {
  await context.clock.install()
  const { page } = await opened(context, { refresh: MINUTE })
  const now = () => page.evaluate(() => ({ open: globalThis.app.flags.get('open'), price: globalThis.app.flags.get('price'), stale: globalThis.app.flags.stale }))
  await hears(page, 'true,8')
  await edge.stop('SIGKILL')
  for (let minute = 0; minute < 60; minute++) {
    await context.clock.runFor(MINUTE)
    await pause(10)
  }
  assert.deepEqual(await now(), { open: true, price: 8, stale: true })
  await page.reload()
  assert.equal(await page.evaluate(() => globalThis.app.at), 'true,8', 'the last good copy is there on the first line')

  edge = await start({ folder: edge.folder, port: edge.port, originPort: host.address().port, quiet: true, environment: 'development' })
  await eventually(async () => {
    await context.clock.runFor(10_000)
    return !(await now()).stale
  })
  assert.deepEqual(await now(), { open: true, price: 8, stale: false })
  await publish(edge, document(9))
  await hears(page, 'true,9')
}))
