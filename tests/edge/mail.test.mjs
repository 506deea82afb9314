// Doors for whoever was not asked on a page: what a backend was answered, links in a mail, and the two pages without a script
// that they open. Each is tried as those try it who mean no good, and those who have not read how.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { offer } from '../../build/workerd.mjs'
import { pseudonym, sealed, unitKeys } from '../../worker/identity.mjs'
import { beside } from '../beside.mjs'
import { documentOf, PAGE } from './document.mjs'
import { callers, SURVEY, tokenOf } from './voices.mjs'
import { ask, cookieHeader, PART, stub } from './wire.mjs'

const DAY = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'pointsman-mail-'))
const SCALE = { low: 'Not at all', high: 'Completely' }
/** Words that would be a page of their own, if anybody let them. */
const EVIL = '</h1><script>alert(1)</script>"\'&amp;{{x}}'
const SURVEYS = {
  clear: SURVEY,
  rated: { experiment: 'hero', question: 'How clear was it?', rating: SCALE, follow: [{ after: ['1', '2'], question: 'What was missing?' }] },
  mailed: { ...SURVEY, rating: SCALE, choices: [], comment: false, contact: true, when: { quiet: 0 }, follow: [{ after: ['1'], question: 'What was <missing>?' }] },
  picky: { ...SURVEY, when: { variants: ['fresh'], quiet: 0 } },
  evil: { experiment: 'hero', question: EVIL, choices: ['"><img src=x>', 'b'], comment: true, contact: true, when: { quiet: 0 }, languages: { de: { question: EVIL, choices: ['<b>', '</label>'], thanks: EVIL, talk: EVIL, keep: EVIL } } },
}
let origin, product, document

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  document = { ...documentOf(), surveys: SURVEYS }
  await served(product, (await publish(product, document)).version)
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const { seer, serverKey, send, told, paper } = callers(() => product)
const ledger = async () => (await product.api('GET', 'ledger')).json()

/** Asks on a page whether this visitor may be asked. */
async function asks(visitor, survey = 'mailed') {
  const body = JSON.stringify({ v: 1, survey, ask: true, d: tokenOf(visitor) })
  const { text } = await ask(product, '/_pm/v', { method: 'POST', headers: { ...PART, 'content-type': 'text/plain', cookie: cookieHeader(visitor.cookies) }, body })
  return JSON.parse(text).outcome
}

/** A link of somebody's own. */
async function linkOf(visitor, survey = 'mailed') {
  const { outcomes: [{ outcome, link }] } = await told('links', { v: 1, survey, units: [visitor.unit] })
  assert.equal(outcome, 'link')
  return link
}

/** A word as the edge signs it: so that a test can be late, or of another place. */
async function signed(page, visitor, { place = 'demo/development', survey = 'mailed', run = 'hero-1', at = Date.now() } = {}) {
  const env = { UNIT_KEYS: product.secrets.unitKeys, PROJECT_KEY: product.secrets.projectKey }
  const [[keyId]] = unitKeys(env)
  const text = ['v1', keyId, survey, run, 'fresh', await pseudonym(env, { name: place }, visitor.unit), at].join('.')
  return `/_pm/${page}/${text}.${await sealed(env, { name: place }, page, text, keyId)}`
}

test('what a backend was answered counts once, for the variant that its unit had met, in the ledger and beside what pages say', async () => {
  const [{ unit }, { unit: other }] = [await seer('fresh'), await seer('control')]
  const before = await ledger()
  const given = { survey: 'rated', unit, choice: '4' }
  assert.deepEqual(await told('answers', given), { status: 200, outcomes: [{ outcome: 'stored' }] })
  const answers = [
    given, { ...given, unit: other, choice: '2', text: 'The price' }, { ...given, unit: other, survey: 'picky', choice: 'Yes' },
    { ...given, unit: 'nobody-has-met-this' }, { ...given, survey: 'none' }, { ...given, unit: other, survey: 'rated', choice: '6' }, { ...given, variant: 'fresh' }, 7,
  ]
  const { status, outcomes } = await told('answers', { v: 1, answers })
  assert.deepEqual([status, outcomes.map(({ outcome, reason }) => reason ?? outcome)], [200, ['duplicate', 'stored', 'variant', 'unmet', 'survey', 'choice', 'malformed', 'malformed']])
  // What is told of once more is a duplicate there as well.
  const after = await ledger()
  assert.deepEqual([after.stored - before.stored, after.duplicate - before.duplicate], [2, 1])
  for (const body of [{ v: 1, answers: [] }, { v: 1, answers: Array(101).fill(given) }, []]) assert.equal((await told('answers', body)).status, 400)
  assert.equal((await told('answers', given, 'wrong')).status, 401)
  const here = new URLSearchParams({ project: 'demo', environment: 'development' })
  const answered = await fetch(`${product.console}/api/v1/answers?${here}`, { method: 'POST', headers: { authorization: `Bearer ${await serverKey()}` }, body: JSON.stringify(given) })
  assert.deepEqual(await answered.json(), { outcomes: [{ outcome: 'duplicate' }] })
  const page = await seer('fresh')
  const counted = await ledger()
  const said = await ask(product, '/_pm/v', { method: 'POST', headers: { ...PART, 'content-type': 'text/plain', cookie: cookieHeader(page.cookies) }, body: JSON.stringify({ v: 1, survey: 'clear', d: tokenOf(page), choice: 'Yes' }) })
  assert.deepEqual(JSON.parse(said.text), { outcome: 'stored' })
  assert.equal((await ledger()).stored - counted.stored, 1, 'and so is what a page says')
})

let invited

test('a link for mail is made once for each unit that may be asked, opens its question without a script, and takes one answer', async () => {
  const [one, two] = [await seer('fresh'), await seer('fresh')]
  await asks(two)
  const { outcomes } = await told('links', { v: 1, survey: 'mailed', units: [one.unit, two.unit, 'nobody'] })
  assert.deepEqual(outcomes.map(({ outcome, reason }) => reason ?? outcome), ['link', 'duplicate', 'unmet'])
  assert.deepEqual((await told('links', { v: 1, survey: 'mailed', units: [one.unit] })).outcomes, [{ outcome: 'duplicate' }])
  assert.equal(await asks(one), 'duplicate', 'whoever has a link is asked on no page')
  const [{ link }] = outcomes
  assert.ok(link.startsWith(`${product.site}/_pm/ask/v1.`) && !link.includes(one.unit), link)
  for (let times = 0; times < 3; times++) {
    const page = await paper(`${link}?choice=4`)
    assert.equal(page.status, 200)
    assert.match(page.text, /value="4" checked>4<\/label>.*value="5">5 · Completely/)
    assert.doesNotMatch(page.text, /<script/)
    assert.match(page.headers['content-security-policy'], /^default-src 'none'; style-src 'nonce-/)
  }
  assert.equal((await paper(link, {})).status, 422, 'who says nothing is asked again')
  const next = await paper(link, { choice: '1' })
  assert.match(next.text, /<h1>What was &lt;missing&gt;\?<\/h1>/)
  const done = await paper(link, { choice: '1', next: '1', text: 'The kingfisher’s hour' })
  assert.match(done.text, /<h1>Thank you\.<\/h1>/)
  invited = { ...one, leave: /href="([^"]*\/leave\/[^"]+)"/.exec(done.text)[1] }
  const again = await paper(link, { choice: '5' })
  assert.equal(again.status, 200)
  assert.doesNotMatch(again.text, /leave/)
  for (const wrong of [link.slice(0, -1), link.replace('mailed', 'clear'), link.replace('/ask/', '/leave/')]) assert.ok((await paper(wrong)).status >= 404, wrong)
})

const LEFT = 'canary.contact@example.com'
const contacts = async () => (await (await product.api('GET', 'contacts/mailed')).json()).contacts

test('an address is taken only with the tick, stands apart from the answers, and is gone with its unit', async () => {
  const { leave, unit } = invited
  assert.match((await paper(leave)).text, /May we talk to you\?.*for 30 days.*type="email".*type="checkbox" name="tick" value="yes" required/s)
  assert.equal((await paper(leave, { address: LEFT })).status, 422, 'without the tick')
  assert.equal((await paper(leave, { address: 'no address', tick: 'yes' })).status, 422)
  assert.equal((await contacts()).length, 0)
  assert.match((await paper(leave, { address: LEFT, tick: 'yes' })).text, /Thank you\./)
  assert.deepEqual((await contacts()).map(({ variant, address, at, until }) => [variant, address, until - at]), [['fresh', LEFT, 30 * 86_400_000]])
  // It is in nothing else that can be read: no answer, no search, no file of the project.
  const { secret: machine } = await (await product.api('POST', '/api/v1/projects/demo/tokens', { body: JSON.stringify({ name: 'assistant' }) })).json()
  assert.equal((await fetch(`${product.console}/api/v1/projects/demo/environments/development/contacts/mailed`, { headers: { authorization: `Bearer ${machine}` } })).status, 403, 'no machine reads it')
  for (const path of ['ledger', 'events', 'tail']) assert.ok(!(await (await product.api('GET', path)).text()).includes('canary.contact'), path)
  assert.ok(!product.said().includes('canary.contact'))
  await product.api('DELETE', `units/${unit}`)
  assert.deepEqual(await contacts(), [])
  assert.equal((await paper(leave, { address: LEFT, tick: 'yes' })).status, 422, 'nothing more is taken from who was erased')
})


test('a word that is forged, cut, late, of another page, run or place opens nothing, and says nothing of why', async () => {
  const visitor = await seer('fresh')
  const link = await signed('ask', visitor)
  assert.equal((await paper(link)).status, 200)
  const [, word] = link.split('/ask/')
  const fields = word.split('.')
  const forged = [
    fields.slice(0, -1).join('.'), `${word}.x`, fields.with(4, 'control').join('.'), fields.with(5, '0'.repeat(32)).join('.'), fields.with(6, '9'.repeat(13)).join('.'),
    fields.with(1, 'k9').join('.'), fields.with(1, '__proto__').join('.'), fields.with(0, 'v2').join('.'), `${'a.'.repeat(50_00)}x`, '%00', '%', '..%2f', fields.with(7, '').join('.'),
  ].map((one) => `/_pm/ask/${one}`)
  const others = [
    await signed('leave', visitor).then((path) => path.replace('/leave/', '/ask/')), link.replace('/ask/', '/leave/'),
    await signed('ask', visitor, { place: 'demo/production' }), await signed('leave', visitor, { place: 'demo/staging' }),
  ]
  const closed = [
    await signed('ask', visitor, { run: 'hero-0' }), await signed('ask', visitor, { survey: 'gone' }), await signed('ask', visitor, { at: Date.now() - 30 * DAY - 1000 }),
    await signed('leave', visitor, { run: 'hero-0' }), await signed('leave', visitor, { survey: 'rated' }), await signed('leave', visitor, { at: Date.now() - DAY - 1000 }),
  ]
  const before = await ledger()
  for (const [paths, statuses] of [[[...forged, ...others], [404, 410]], [closed, [410]]]) {
    for (const path of paths) {
      for (const form of [undefined, { choice: '5' }, { address: 'a@example.com', tick: 'yes' }]) {
        const { status, text } = await paper(path, form)
        assert.ok(statuses.includes(status), `${status}: ${path}`)
        assert.doesNotMatch(text, /<form|Error|undefined/)
      }
    }
  }
  assert.equal((await ledger()).stored, before.stored)
  assert.deepEqual(await contacts(), [])
  // A reference for an appointment is for people to read, and opens no page.
  assert.equal((await paper(await signed('talk', visitor).then((path) => path.replace('/talk/', '/ask/')))).status, 404)
  for (const word of ['%', '%E0%A4%A', 'v1', '..']) assert.equal((await product.api('GET', `references/${word}`)).status, 404, word)
})

test('a machine that opens a link answers nothing: only the form does, and twenty of them at once count once', async () => {
  const visitor = await seer('fresh')
  const link = await linkOf(visitor)
  const before = await ledger()
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']) {
    await paper(`${link}?choice=5&text=prefetched&next=1`, undefined, { method, purpose: 'prefetch' })
  }
  assert.equal((await paper(link, { choice: '5' }, { 'user-agent': 'Googlebot/2.1' })).status, 422)
  const { stored } = await ledger()
  assert.equal(stored, before.stored)
  const pages = await Promise.all(Array.from({ length: 20 }, (_, index) => paper(link, { choice: String(2 + index % 4) })))
  assert.ok(pages.every(({ status, text }) => status === 200 && text.includes('Thank you.')))
  assert.equal(pages.filter(({ text }) => text.includes('/leave/')).length, 1)
  assert.equal((await ledger()).stored - stored, 1)
  // By the backend's door as well, all at once and again.
  const again = await told('answers', { v: 1, answers: Array(20).fill({ survey: 'mailed', unit: visitor.unit, choice: '2' }) })
  assert.ok(again.outcomes.every(({ outcome }) => outcome === 'duplicate'))
  assert.equal((await ledger()).stored - stored, 1)
})

test('a hundred units are asked for at once, and one that stands there twice gets one link', async () => {
  const [one, two] = [await seer('fresh'), await seer('control')]
  const units = [one.unit, ...Array.from({ length: 97 }, (_, index) => `nobody-${index}`), one.unit, two.unit]
  const { outcomes } = await told('links', { v: 1, survey: 'mailed', units })
  assert.deepEqual([outcomes[0].outcome, outcomes[98].outcome, outcomes[99].outcome, outcomes.filter(({ reason }) => reason === 'unmet').length], ['link', 'duplicate', 'link', 97])
  assert.match((await paper(outcomes[99].link, { choice: '5' })).text, /Thank you/)
})

test('a page of ours tells no one, stands in no frame, runs nothing and is kept nowhere', async () => {
  const visitor = await seer('fresh')
  const [link, left] = [await linkOf(visitor, 'evil'), await signed('leave', visitor, { survey: 'evil' })]
  const pages = [
    await paper(`${link}?choice=${encodeURIComponent('"><script>')}`), await paper(link, undefined, { 'accept-language': 'de-AT,de;q=0.9' }), await paper(left),
    await paper(left, { address: '"><script>alert(1)</script>' }, { 'accept-language': 'de' }), await paper(`${link}x`), await paper(link, { choice: '<script>', text: '</textarea><script>' }),
    await paper(link, undefined, { 'accept-language': '__proto__,constructor,"><script>,de'.repeat(200) }),
  ]
  for (const { text, headers } of pages) {
    assert.doesNotMatch(text, /<script|<img|<b>|undefined|\[object/)
    const { 'cache-control': cache, 'referrer-policy': referrer, 'content-security-policy': policy, 'x-content-type-options': sniff, 'x-robots-tag': robots } = headers
    assert.deepEqual([cache, referrer, sniff, robots, headers['set-cookie'], headers['access-control-allow-origin']], ['no-store', 'no-referrer', 'nosniff', 'noindex', undefined, undefined])
    for (const rule of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) assert.ok(policy.includes(rule), policy)
    assert.ok(!text.includes(visitor.unit) && !text.includes('hero-1'), 'nor a name of whose it is')
  }
  // Nobody's site is asked, so none hears the word.
  assert.ok(!origin.seen.some(({ url, headers }) => `${url} ${headers.referer ?? ''}`.includes('/ask/')))
  for (const talk of ['javascript:alert(1)', '//evil.example/', 'http://calendar.example/', 'https://calendar.example/"onclick="x', 'data:text/html,x', 'https://calendar.example/\n']) {
    const { ok } = await offer(product, { ...document, surveys: { clear: { ...SURVEY, talk } } })
    assert.equal(ok, false, talk)
  }
})

test('a body that is none of ours is refused whole, in words, whatever it is made of', async () => {
  const visitor = await seer('control')
  const given = { survey: 'clear', unit: visitor.unit, choice: 'Yes' }
  const refused = [
    ['answers', JSON.stringify({ v: 2, answers: [given] })], ['answers', JSON.stringify({ answers: [given] })], ['answers', JSON.stringify({ v: 1, answers: [given], survey: 'clear' })],
    ['answers', JSON.stringify([given])], ['answers', JSON.stringify({ v: 1, answers: { 0: given, length: 1 } })], ['answers', ''], ['answers', 'null'], ['answers', '"x"'], ['answers', new URLSearchParams(given).toString()],
    ['links', JSON.stringify({ survey: 'clear', units: ['x'] })], ['links', JSON.stringify({ v: 1, survey: 'clear', units: 'x' })], ['links', JSON.stringify({ v: 1, survey: 'clear', units: [] })], ['links', 'null'],
    ['links', JSON.stringify({ v: 1, survey: 'clear', units: Array(100_000).fill('x') })], ['answers', JSON.stringify({ v: 1, answers: Array(100_000).fill(1) })], ['answers', `{"v":1,"answers":${'['.repeat(200_000)}`],
  ]
  for (const [path, body] of refused) {
    const { status, text } = await send(path, 'application/json', body)
    assert.deepEqual([status, /docs\/integrations\.md/.test(text)], [400, true], body.slice(0, 80))
  }
  assert.equal((await send('answers', 'application/json', `"${'x'.repeat(1_048_576)}"`)).status, 413)
  assert.deepEqual((await told('links', { v: 1, survey: 'clear', units: [7, null, '', {}, ['x'], 'x'.repeat(201), '\ud800', '__proto__', '\0'] })).outcomes.map(({ reason }) => reason),
    [...Array(7).fill('malformed'), 'unmet', 'unmet'])
  const odd = [{ ...given, choice: 'Yes\0' }, { ...given, choice: ['Yes'] }, { ...given, choice: null }, { ...given, survey: '__proto__' }, { ...given, text: 'x'.repeat(1001) }, { ...given, choice: undefined }]
  assert.deepEqual((await told('answers', { v: 1, answers: odd })).outcomes.map(({ reason }) => reason), ['choice', 'malformed', 'malformed', 'survey', 'too-long', 'empty'])
  // JSON says the same thing twice: the last word counts, as in every reader of it. A type that says something else does no harm.
  const { text } = await send('answers', 'text/html', `{"survey":"gone","survey":"clear","unit":"${visitor.unit}","choice":"No","text":"half \\ud83d"}`)
  assert.deepEqual(JSON.parse(text), { outcomes: [{ outcome: 'stored' }] })
  for (const path of ['answers', 'links']) {
    for (const key of ['', 'v1.server.k1.x', (await (await product.api('GET', 'keys')).json()).client]) assert.equal((await told(path, given, key)).status, 401)
  }
  assert.ok(!product.said().includes(visitor.unit), 'and no unit is in a log')
})

test('words of the longest kind are taken as they were counted, and stay before who has to send them again', async () => {
  const [one, two] = [await linkOf(await seer('fresh')), await linkOf(await seer('fresh'))]
  const lines = 'x'.repeat(9) + '\r\n'
  assert.match((await paper(one, { choice: '1', next: '1', text: lines.repeat(100) })).text, /Thank you/)
  const long = await paper(two, { choice: '1', next: '1', text: 'y'.repeat(1001) })
  assert.deepEqual([long.status, long.text.includes('y'.repeat(1001)), long.text.includes('name="next"')], [422, true, true])
  assert.equal((await paper(two, { choice: '1', next: '1', text: '🦜'.repeat(20_000) })).status, 413)
})

test('nothing is taken or asked any more of who was erased, by a link that lies in their mail or by a backend', async () => {
  const visitor = await seer('fresh')
  const link = await linkOf(visitor)
  await product.api('DELETE', `units/${visitor.unit}`)
  const before = await ledger()
  assert.equal((await paper(link, { choice: '5' })).status, 410)
  const reasons = [await told('answers', { survey: 'mailed', unit: visitor.unit, choice: '5' }), await told('links', { v: 1, survey: 'rated', units: [visitor.unit] })]
  assert.ok(reasons.every(({ outcomes: [{ reason }] }) => ['erased', 'unmet'].includes(reason)))
  assert.equal((await ledger()).stored, before.stored)
})

test('`pointsman invite` writes a link for everybody in a file who may be asked, and names the line that invites nobody', async () => {
  const [one, two] = [await seer('fresh'), await seer('control')]
  const file = (name, text) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const env = { ...process.env, POINTSMAN_CONSOLE: product.console, POINTSMAN_TOKEN: product.token, POINTSMAN_PROJECT: 'demo', NO_COLOR: '1' }
  const run = (...args) => beside(process.execPath, [join(root, 'dist/npm/cli/pointsman.js'), 'invite', ...args], { env })
  const usual = ['--survey', 'mailed', '--unit', 'customer', '--environment', 'development']
  for (const [name, text, said] of [
    ['empty.csv', `name,customer\nAda,${one.unit}\nGrace, \n`, /empty\.csv:3: It names nobody\./], ['cells.csv', `name,customer\n${one.unit}\n`, /cells\.csv:2: It has 1 cell/],
    ['none.csv', `name,unit\nAda,${one.unit}\n`, /It has no column “customer”/], ['twice.csv', `link,customer\nx,${one.unit}\n`, /It has a column “link” already/],
  ]) {
    const { status, stdout, stderr } = await run(file(name, text), ...usual)
    assert.deepEqual([status, stdout, said.test(stderr)], [2, '', true], stderr)
  }
  const list = file('list.csv', `name;customer\r\n"Ada; ""A"", too";${one.unit}\r\nGrace;nobody\r\nJoan;${two.unit}\r\n`)
  const first = await run(list, ...usual)
  assert.deepEqual([first.status, first.stderr], [0, '3 lines: 2 with a link, 1 without.\n'])
  const [head, ada, grace, joan, rest] = first.stdout.split('\r\n')
  assert.deepEqual([head, grace, rest], ['name,customer,link,outcome', 'Grace,nobody,,unmet', ''])
  const link = /^"Ada; ""A"", too",[\w-]+,(\S+),link$/.exec(ada)[1]
  assert.match((await paper(link)).text, /Was it clear when your coffee is roasted\?/)
  assert.match((await paper(link, { choice: '5' })).text, /Thank you\./)
  assert.match(joan, /,link$/)
  const again = await run(list, ...usual, '--json')
  assert.deepEqual(again.stdout.trim().split('\n').map((line) => JSON.parse(line)), [
    { line: 2, outcome: 'duplicate' }, { line: 3, outcome: 'unmet' }, { line: 4, outcome: 'duplicate' }, { done: true, lines: 3, links: 0 },
  ])
})

test('whom a site leaves out of its counting answers by a link, and is counted nowhere', async () => {
  await served(product, (await publish(product, { ...document, privacy: { gpc: true } })).version)
  const link = await linkOf(await seer('fresh'))
  const before = await ledger()
  assert.match((await paper(link, { choice: '5' }, { 'sec-gpc': '1' })).text, /Thank you\./)
  assert.equal((await ledger()).stored, before.stored)
})

test('once its question is closed or its run is another, a link opens nothing, and an answer is not taken', async () => {
  const visitor = await seer('fresh')
  const [link, left] = [await linkOf(visitor), await signed('leave', visitor)]
  const { mailed: _, ...others } = SURVEYS
  await served(product, (await publish(product, { ...document, surveys: others })).version)
  for (const path of [link, left]) for (const form of [undefined, { choice: '5', address: 'a@example.com', tick: 'yes' }]) assert.equal((await paper(path, form)).status, 410)
  assert.deepEqual((await told('answers', { survey: 'mailed', unit: visitor.unit, choice: '5' })).outcomes, [{ outcome: 'rejected', reason: 'survey' }])
})
