// docs/frontend.md, as its reader would do it: each program is copied out of it and run, against a real edge.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { root } from '../../build/setup.mjs'
import { consumer, tool } from '../sdk/consumer.mjs'
import { answersIn } from '../edge/voices.mjs'
import { decisionsOf } from '../edge/wire.mjs'
import { everywhere } from './accessible.mjs'
import { counts, grown, stage } from './stage.mjs'

const guide = readFileSync(join(root, 'docs/frontend.md'), 'utf8')
/** How a program of the guide says its name. Those with a folder are files of examples. */
const NAMED = /^(?:\/\/|<!--) ([\w.-]+(?:\/[\w.-]+)*\.\w+)(?: -->)?\n/
const blocks = [...guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language, text }))
const programs = new Map(blocks.flatMap(({ text }) => {
  const [, name] = NAMED.exec(text) ?? []
  return name ? [[name, text]] : []
}))
const document = JSON.parse(blocks.find(({ language }) => language === 'json').text)
const WORDS = Object.values(document.flags.hero.variants)

const app = consumer('frontend')
const ran = new Set()
const files = {}
let scene, host, edge, keys

/** A program of the guide, with this test's address and keys where the guide has examples. */
function program(name) {
  ran.add(name)
  return programs.get(name).replace('https://www.example.com', edge?.site).replace('v1.client.k1.your-key', keys?.client)
}

/** Bundles a program of the guide for the page `/<name>`. */
async function served(name) {
  const bundled = await app.bundle(program(name), { define: { 'process.env.NODE_ENV': '"production"' } })
  for (const [path, bytes] of Object.entries(bundled)) files[`/${name}${path}`] = bytes
}

const BODY = { 'react.jsx': '<div id="root"></div>' }

before(async () => {
  host = createServer(({ url }, response) => {
    const name = url.slice(1)
    if (files[url]) return response.setHeader('content-type', 'text/javascript').end(files[url])
    response.setHeader('content-type', 'text/html')
    if (name.endsWith('.html')) return response.end(`<!doctype html><title>Shop</title>${program(name)}`)
    const body = BODY[name] ?? '<h1 id="hero"></h1><button id="buy">Buy</button>'
    return response.end(`<!doctype html><head><title>Shop</title></head><body>${body}<script type="module" src="/${name}/app.js"></script></body>`)
  })
  await once(host.listen(0, '127.0.0.1'), 'listening')
  scene = await stage()
  edge = await scene.running(host.address().port, document)
  keys = await (await edge.api('GET', 'keys')).json()
})

after(async () => {
  await edge?.stop()
  await scene?.close()
  host?.closeAllConnections()
  host?.close()
})

/** Somebody who reads the words of a page, and buys. */
const buys = (name) => scene.person(async (context) => {
  const page = await context.newPage()
  const complaints = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(`${edge.site}/${name}`)
  await page.locator('#hero:not(:empty)').waitFor()
  const decided = await page.evaluate(() => JSON.parse(document.querySelector('[data-id=pointsman]').textContent).flags.hero.value)
  assert.equal(await page.textContent('#hero'), decided)
  await page.click('#buy')
  await page.waitForTimeout(100)
  assert.deepEqual(complaints, [])
  return page.content()
})

for (const name of ['vanilla.js', 'react.jsx', 'openfeature.js']) {
  test(`${name} shows the words, and its exposure and order count`, async () => {
    await served(name)
    const before = await counts(edge)
    const html = await buys(name)
    await grown(before, { confirmed: 1, converted: 1 }, edge)
    if (name === 'react.jsx') {
      assert.match(html, /Shipping is free/)
      assert.equal(/Still warm/.test(html), html.includes('Roasted this morning'))
    }
  })
}

test('the test that a developer has written into the document is found among the experiments, and its flag’s page has its numbers', () => scene.person(async (context) => {
  const { confirmed, converted } = await counts(edge)
  const page = await context.newPage()
  await page.goto(`${edge.console}/#token=${edge.token}&/experiments`)
  await page.getByRole('heading', { name: 'No experiment yet' }).waitFor()
  const card = page.locator('section').filter({ has: page.getByRole('heading', { name: 'In the document of Development' }) })
  await card.getByText(`met by ${confirmed} people`).waitFor()
  assert.deepEqual(await page.getByRole('heading', { name: /^In the document/ }).allInnerTexts(), ['In the document of Development'])
  assert.deepEqual(await everywhere(page), [])
  await card.getByRole('link', { name: 'hero', exact: true }).click()
  const rows = page.getByRole('table', { name: 'What its test has counted' }).getByRole('row')
  await rows.filter({ hasText: 'fresh' }).waitFor()
  const cells = await rows.evaluateAll((all) => all.slice(1).map((row) => [...row.cells].map(({ textContent }) => textContent)))
  const sums = cells.reduce(([met, did], [, count, measured]) => [met + Number(count), did + Number(/(\d+) of/.exec(measured)?.[1] ?? 0)], [0, 0])
  assert.deepEqual(sums, [confirmed, converted])
  await page.getByText('Too early to tell.').waitFor()
  assert.deepEqual(await everywhere(page), [])
}))

test('survey.js asks once, and what is answered is kept with the variant that was shown', async () => {
  await served('survey.js')
  const missing = { experiment: 'hero', question: 'How clear was it?', rating: { low: 'Not at all', high: 'Perfectly' }, comment: true, when: { own: true } }
  const own = await scene.running(host.address().port, { ...document, surveys: { clear: missing } })
  try {
    let variant
    await scene.person(async (context) => {
      const page = await context.newPage()
      const outcomes = []
      page.on('response', async (response) => new URL(response.url()).pathname === '/_pm/v' && outcomes.push((await response.json()).outcome))
      const told = async (number) => {
        await page.goto(`${own.site}/survey.js`)
        for (const until = Date.now() + 30_000; outcomes.length < number && Date.now() < until;) await page.waitForTimeout(50)
      }
      await told(2)
      assert.deepEqual(outcomes, ['ask', 'stored'])
      variant = (await page.evaluate(() => JSON.parse(document.querySelector('[data-id=pointsman]').textContent))).flags.hero.variant
      await told(3)
      assert.equal(outcomes.length, 3, `${outcomes}`)
      assert.notEqual(outcomes[2], 'ask')
    })
    await own.stop()
    assert.deepEqual(answersIn(own).map(({ unit: _, ...stored }) => stored), [{ survey: 'clear', run: 'hero-1', variant, choice: '2', text: 'The price.' }])
  } finally {
    await own.stop()
  }
})

test('connected.js decides in the page, for the same unit in the same way', async () => {
  await served('connected.js')
  await scene.person(async (context) => {
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${host.address().port}/connected.js`)
    await page.locator('#hero:not(:empty)').waitFor()
    await page.waitForFunction(() => Object.keys(localStorage).some((name) => name.startsWith('pointsman ')))
    const words = await page.textContent('#hero')
    assert.ok(WORDS.includes(words))
    await page.reload()
    await page.locator('#hero:not(:empty)').waitFor()
    assert.equal(await page.textContent('#hero'), words)
  })
})

test('auto.html shows the words of the variant that it has met', () => scene.person(async (context) => {
  const page = await context.newPage()
  const told = []
  page.on('console', (message) => told.push(message.text()))
  await page.goto(`http://127.0.0.1:${host.address().port}/auto.html`)
  await page.waitForFunction(() => document.querySelectorAll('p[hidden]').length === 1)
  const texts = await page.evaluate(() => [...document.querySelectorAll('p:not([hidden])')].map((element) => element.textContent))
  assert.deepEqual(texts.slice(1), ['Shipping is free'])
  assert.ok(WORDS.includes(texts[0]))
  assert.deepEqual(told, [texts[0]])
}))

test('fetch/server.mjs decides by itself in Node too, and the browser is told the same', async () => {
  Object.assign(process.env, { SITE: edge.site, SERVER_KEY: keys.server })
  const { default: server } = await import(pathToFileURL(app.put('alone.mjs', program('fetch/server.mjs'))))
  const response = server.fetch(new Request('https://shop.example/'))
  const text = await response.text()
  assert.equal(text.match(/<h1>(.*?)<\/h1>/)[1], decisionsOf(text).flags.hero.value)
  const cookie = response.headers.get('set-cookie').split(';')[0]
  const again = await server.fetch(new Request('https://shop.example/', { headers: { cookie } })).text()
  assert.equal(again, text)
})

test('openfeature.mjs prints a decision with its reason', () => {
  const env = { ...process.env, SITE: edge.site, SERVER_KEY: keys.server }
  const said = execFileSync(process.execPath, [app.put('openfeature.mjs', program('openfeature.mjs'))], { env, encoding: 'utf8' })
  assert.match(said, /reason: 'SPLIT'/)
})

test('tools.mjs explains, names a problem, plans and reads', () => {
  const said = execFileSync(process.execPath, [app.put('tools.mjs', program('tools.mjs'))], { encoding: 'utf8' })
  assert.equal(said, 'fresh\n/flags/hero/kind `kind` is missing.\n87083 5\n“fresh” converts better than “control”\n')
})

test('shop.test.mjs passes', () => {
  const path = app.put('shop.test.mjs', program('shop.test.mjs'))
  const { NODE_TEST_CONTEXT, ...env } = process.env
  const { status, stdout } = spawnSync(process.execPath, ['--test', path], { env, encoding: 'utf8' })
  assert.equal(status, 0, stdout)
  assert.match(stdout, /pass 1\b/)
})

test('flags.d.ts makes a wrong key an error, and react.jsx passes it', () => {
  app.put('flags.d.ts', program('flags.d.ts'))
  app.put('shop.tsx', programs.get('react.jsx'))
  app.put('wrong.ts', `import { open } from 'pointsman'\nopen(null).get('heroo', 'Coffee')\n`)
  const compile = (file) => {
    app.put('tsconfig.json', JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', jsx: 'react-jsx', lib: ['es2024', 'dom'], types: [], skipLibCheck: true },
      files: ['flags.d.ts', file],
    }))
    return spawnSync(tool('tsc'), ['-p', app.folder], { encoding: 'utf8' })
  }
  assert.match(compile('wrong.ts').stdout, /'"heroo"' is not assignable to parameter of type/)
  // React's own types do not know its renderer's.
  assert.doesNotMatch(compile('shop.tsx').stdout.replaceAll(/^.*react-dom\/client.*$/gm, ''), /error/)
})

test('what the guide shows of an example stands in it', () => {
  for (const [name, text] of programs) {
    if (!name.includes('/')) continue
    const file = readFileSync(join(root, 'www/examples', name), 'utf8')
    assert.ok(file.includes(text.replace(/^.*\n('use client'\n)?/, '')), name)
    ran.add(name)
  }
})

test('the guide’s document is that of the examples, with fewer flags', () => {
  const shop = JSON.parse(readFileSync(join(root, 'www/examples/document.json'), 'utf8'))
  assert.deepEqual({ ...shop, flags: { ...shop.flags, ...document.flags } }, shop)
  assert.deepEqual({ ...document, flags: shop.flags }, shop)
})

test('no program of the guide was left out', () => {
  assert.deepEqual([...programs.keys()].filter((name) => !ran.has(name)), [])
  assert.deepEqual(blocks.filter(({ language, text }) => language !== 'json' && !NAMED.test(text)), [])
})
