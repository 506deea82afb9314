// Experiments by command: what is refused is named, with what to do.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { apiOf, publish, start } from '../../build/product.mjs'
import { DOCUMENT, knowing, PLAN, typed } from './terminal.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'pointsman-experiment-'))
let product, shop

const pointsman = (args, { token = product.token, ...options } = {}) =>
  typed(args, { env: knowing(scratch, { token, console: product.console, project: 'demo' }), ...options })
const experiment = (args, options) => pointsman(['experiment', ...args], options)

before(async () => {
  // In a process of its own: this one stands still while a command runs.
  const pages = `import { serve } from ${JSON.stringify(new URL('../../www/landing/serve.mjs', import.meta.url))}\nconsole.log((await serve()).port)`
  shop = spawn(process.execPath, ['--input-type=module', '-e', pages], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = await once(shop.stdout, 'data')
  product = await start({ folder: join(scratch, 'state'), originPort: Number(port), quiet: true })
  await publish(product, `${JSON.stringify(DOCUMENT, null, 4)}\n`, apiOf('production'))
  await publish(product, DOCUMENT, apiOf('staging'))
})

after(async () => {
  await product?.stop()
  shop?.kill()
  rmSync(scratch, { recursive: true, force: true })
})

test('a plan is drafted from a file, and what it lacks is told; what is no plan leaves no idea behind', () => {
  writeFileSync(join(scratch, 'plan.json'), JSON.stringify(PLAN))
  writeFileSync(join(scratch, 'half.json'), JSON.stringify({ ...PLAN, base: undefined }))
  writeFileSync(join(scratch, 'wrong.json'), JSON.stringify({ ...PLAN, bse: 1 }))
  const half = experiment(['draft', 'half.json'], { json: true })
  assert.deepEqual([half.status, half.said.key, half.said.problems[0].pointer], [1, 'fresh-words', '/base'])
  assert.match(experiment(['submit', 'fresh-words']).stderr, /It is refused:\n {2}\/base: Nobody has said how many do it now\./)
  const wrong = experiment(['draft', 'wrong.json'])
  assert.equal(wrong.status, 1)
  assert.match(wrong.stderr, /unknown field `bse`/)
  assert.deepEqual(experiment(['list'], { json: true }).said.experiments.map(({ key }) => key), ['fresh-words'])
  assert.equal(experiment(['draft', '-', 'fresh-words'], { input: JSON.stringify(PLAN) }).status, 0)
  assert.match(experiment(['list']).stdout, /^fresh-words {2}a draft {2}Fresh words: A draft/)
})

test('kinds of experiments are listed with when to use them, and a plan is begun with one', () => {
  const { templates } = experiment(['templates'], { json: true }).said
  assert.ok(templates.length >= 11)
  assert.match(experiment(['templates']).stdout, /^install-check {2}A\/A install check: Before the first real test/)
  const begun = experiment(['new', 'Prices by the month', '--template', 'pricing'], { json: true })
  assert.equal(begun.status, 0)
  assert.deepEqual([begun.said.plan.template, begun.said.plan.ramp], [{ key: 'pricing', version: 1 }, [1, 5, 25, 50]])
  assert.match(experiment(['show', 'prices-by-the-month']).stdout, /“Pricing” is decided by a value/)
  assert.match(experiment(['new', 'X', '--template', 'wild']).stderr, /There is no template “wild”\. There are install-check, page-copy/)
  assert.equal(experiment(['archive', 'prices-by-the-month']).status, 0)
})

test('what stops a start is told with what to do, and what was looked at stops nothing any more', async () => {
  const checks = () => experiment(['checks', 'fresh-words'], { json: true })
  const stops = ({ said }) => said.checks.filter(({ state }) => state === 'stop').map(({ pointer }) => pointer)
  const before = checks()
  assert.deepEqual([before.status, stops(before)], [1, ['/hypothesis/metric', '/quality/control', '/quality/new']])
  assert.match(experiment(['checks', 'fresh-words']).stdout, /stop Nobody has looked at “new” yet\. Open its preview/)
  for (const variant of ['control', 'new']) {
    const { stdout } = experiment(['look', 'fresh-words', variant])
    assert.equal((await (await fetch(stdout.trim())).text()).includes('Roasted this morning'), variant === 'new')
    assert.equal(experiment(['look', 'fresh-words', variant, '--good']).status, 0)
  }
  assert.match(experiment(['look', 'fresh-words', 'newer']).stderr, /no “newer” to look at\. It has control and new\./)
  const { server } = await (await product.api('GET', `${apiOf('production')}keys`)).json()
  const order = JSON.stringify({ v: 1, events: [{ t: 'track', unit: 'ada', id: 'o1', n: 'order' }] })
  assert.ok((await fetch(`${product.site}/_pm/events`, { method: 'POST', headers: { authorization: `Bearer ${server}` }, body: order })).ok)
  const after = checks()
  assert.deepEqual([after.status, stops(after)], [0, []])
})

test('what somebody else has seen is not acted upon, and every mistake is one line with what to do', () => {
  const { said: { experiment: { revision } } } = experiment(['show', 'fresh-words'], { json: true })
  const old = experiment(['submit', 'fresh-words', '--if-match', String(revision - 1)])
  assert.deepEqual([old.status, /changed it since that revision/.test(old.stderr)], [1, true])
  assert.equal(experiment(['submit', 'fresh-words', '--if-match', String(revision)]).status, 0)
  const cases = [
    [['fly', 'x'], /no such verb as fly\. There are list, show/], [[], /VERB is missing/], [['show'], /KEY is missing/],
    [['show', 'nobody'], /no such experiment/], [['show', '../x'], /is no key/], [['decide', 'fresh-words', 'yes'], /Choose ship, keep, again/],
    [['agree', 'fresh-words'], /--digest/], [['look', 'fresh-words'], /VARIANT is missing/], [['draft', 'none.json'], /none\.json: There is no such file/], [['submit', 'fresh-words', '--if-match', 'x'], /no revision/],
    [['show', 'fresh-words', '--every', 'x'], /no number of seconds/],
  ]
  for (const [args, words] of cases) {
    const { status, stderr, stdout } = experiment(args)
    assert.deepEqual([status, stdout, stderr.trim().split('\n').length], [2, '', 1], `${args}: ${stderr}`)
    assert.match(stderr, words)
  }
  writeFileSync(join(scratch, 'debrief.md'), '# Fresh words\n\n## What surprised you?\n\nNothing.\n\n## What else?\n\nx\n')
  assert.match(experiment(['debrief', 'fresh-words', 'debrief.md']).stderr, /debrief\.md:7: “What else\?” is no question of the playbook\. Ask “What surprised you\?”/)
})

test('nothing is pushed unless each document is at the version that was looked at', () => {
  const shop = join(scratch, 'shop')
  assert.equal(pointsman(['pull', shop]).status, 0)
  writeFileSync(join(shop, 'staging.json'), JSON.stringify({ ...DOCUMENT, metrics: {} }))
  const { revision } = pointsman(['plan', shop], { json: true }).said.changes[0]
  assert.equal(revision, 1)
  for (const [args, words] of [[['staging=2'], /staging is at 1, and not at 2: nothing was sent/], [['1', '--if-match', 'staging=9'], /not at 9/], [['x'], /no version/]]) {
    const { status, stderr } = pointsman(['push', shop, '--if-match', ...args])
    assert.equal(status, 2)
    assert.match(stderr, words)
  }
  assert.match(pointsman(['push', shop, '--if-match', 'staging=1', '--if-match', '1']).stdout, /staging\.json is version 2/)
})
