// The door for a team's own assistant, by the official client of its protocol: docs/assistant.md.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { root } from '../../build/setup.mjs'
import { ONE_PAGE, PER_CUP } from '../../www/landing/habits.mjs'
import { look } from '../../www/landing/looks.mjs'
import { DOCUMENT, ERRORS, NOTES, PLANS } from '../../www/landing/plans.mjs'
import { office, PROJECT } from '../browser/office.mjs'
import { guideOf } from '../guide.mjs'
import { ask } from './wire.mjs'

const LEARNT = 'Our prices look dear until somebody divides them by cups: pricing is a matter of units.'
const PLAN = {
  title: 'Say what a month costs', note: 'From an assistant.',
  change: { kind: 'words', page: '/beans', edits: [{ select: '#shelf-intro', text: 'Coffee for a month, 12 pounds' }] },
  hypothesis: { change: 'say what a month costs', metric: 'orders', direction: 'up', by: 0.3, because: 'people count in months' }, guardrails: ['errors'],
}

/** What the shop has, by the names of arguments. */
const THERE = { metric: ['orders'], guardrails: ['errors'], metrics: ['revenue'], variant: ['on', 'price', 'new'], page: ['/', '/beans'] }

let team, get, assistant, running, over, reviewer

/** Somebody's assistant. */
async function assistantOf(token) {
  const client = new Client({ name: 'assistant', version: '1.0.0' })
  // By the words of the page, which a team copies into its assistant.
  const { type, url, headers } = JSON.parse(guideOf('docs/assistant.md').blocks('json')[0].body).mcpServers.pointsman
  assert.equal(type, 'http')
  const [address, authorization] = [url.replace('https://console.example.com', team.product.console), headers.Authorization.replace('pm_...', token)]
  await client.connect(new StreamableHTTPClientTransport(new URL(address), { requestInit: { headers: { authorization } } }))
  return client
}
const use = (name, given = {}, client = assistant) => client.callTool({ name, arguments: given })
const textOf = ({ content: [{ text }] }) => text

/** A message as it is, by no client. */
const told = (body, headers = {}, method = 'POST') => ask(team.product, '/mcp', {
  method, host: `127.0.0.1:${team.product.port}`, body: method === 'GET' ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json', authorization: `Bearer ${team.product.token}`, ...headers },
})

async function launched(title) {
  const { key, revision } = await team.api.post(`${PROJECT}/experiments`, { title, note: NOTES[title] })
  await team.api.put(`${PROJECT}/experiments/${key}/plan`, { ...PLANS[title], ramp: [10] }, revision)
  await team.visitors(40, PLANS[title].change.page)
  await look(team.api, PROJECT, key)
  await act(key, 'submit')
  await act(key, 'approve', {}, team.api.as(reviewer))
  return key
}
const act = async (key, what, body = {}, api = team.api) => api.post(`${PROJECT}/experiments/${key}/${what}`, body, (await get(`experiments/${key}`)).revision)

before(async () => {
  team = await office()
  get = (path) => team.api.get(`${PROJECT}/${path}`)
  reviewer = (await team.api.post(`${PROJECT}/people`, { name: 'reviewer' })).token
  const { revision, playbook } = await get('playbook')
  await team.api.put(`${PROJECT}/playbook`, { ...playbook, ramp: [10], guardrails: [ERRORS] }, revision)
  await team.publish(DOCUMENT)
  over = await launched(PER_CUP)
  await act(over, 'stop', { why: 'Enough was seen.' })
  await act(over, 'decide', { choice: 'keep', why: 'As many order with either version.' })
  await team.api.put(`${PROJECT}/experiments/${over}/debrief`, { answers: { surprise: LEARNT, tell: 'The shop.', next: 'A month.' } }, (await get(`experiments/${over}`)).revision)
  running = await launched(ONE_PAGE)
  await team.visitors(60, '/basket')
  assistant = await assistantOf(team.product.token)
})

after(async () => {
  await assistant?.close()
  await team?.close()
})

test('the official client meets the tools, each with what it takes and whether it only reads, and the page has them all', async () => {
  assert.deepEqual([assistant.getServerVersion().name, assistant.getServerCapabilities()], ['pointsman', { tools: {} }])
  assert.deepEqual(await assistant.ping(), {})
  const { tools } = await assistant.listTools()
  const page = readFileSync(join(root, 'docs/assistant.md'), 'utf8')
  assert.deepEqual([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name), tools.map(({ name }) => name))
  for (const { name, description, inputSchema, annotations } of tools) {
    assert.ok(description && inputSchema.additionalProperties === false, name)
    assert.deepEqual([annotations.readOnlyHint, annotations.destructiveHint], [!['draft_experiment', 'propose_change'].includes(name), false], name)
  }
})

/** What the API and the door say of the same numbers: reports of pages may still be on their way between the two. */
async function readTwice(key) {
  const said = ({ headline, words, guardrails }) => JSON.stringify([headline, words, guardrails])
  for (;;) {
    const reading = await get(`experiments/${key}/reading`)
    const answer = await use('get_experiment', { key })
    if (said(reading) === said(await get(`experiments/${key}/reading`))) return { reading, answer }
  }
}

test('a verdict is what the API says, word by word', async () => {
  for (const key of [running, over]) {
    const { reading, answer } = await readTwice(key)
    for (const sentence of [reading.headline, reading.words, ...reading.guardrails.map(({ words }) => words)]) assert.ok(textOf(answer).includes(sentence), sentence)
    const { verdict, experiment } = answer.structuredContent
    assert.deepEqual([verdict.headline, verdict.words, verdict.guardrails], [reading.headline, reading.words, reading.guardrails])
    assert.deepEqual(experiment.plan, reading.experiment.plan)
  }
  const { experiments } = (await use('find_experiments', { state: 'running' })).structuredContent
  assert.deepEqual(experiments.map(({ key }) => key), [running])
  assert.match(textOf(await use('find_experiments', { text: 'cup nowhere' })), /^0 of 2 experiments\.$/)
})

test('“what have we learned about pricing?” gives the debriefs', async () => {
  for (const text of ['what have we learned about pricing?', 'pricing and timetables', 'cups']) {
    const answer = await use('search_learnings', { text })
    assert.deepEqual(answer.structuredContent.learnings.map(({ key }) => key), [over], text)
    assert.ok(textOf(answer).includes(LEARNT))
    assert.doesNotMatch(textOf(answer), /^Found: /m, 'one verdict of each test')
  }
  const text = 'Pricing by the cup sells.'
  await team.api.post(`${PROJECT}/claims`, { text, for: [], against: [over] })
  const held = await use('search_learnings', { text: 'what have we learned about pricing?' })
  assert.deepEqual(held.structuredContent.claims.map(({ text, against }) => [text, against[0].key]), [[text, over]])
  const { experiment: { title } } = (await use('get_experiment', { key: over })).structuredContent
  assert.ok(textOf(held).includes(`The team holds: ${text}\nAgainst it: “${title}”`), textOf(held))
  assert.deepEqual((await use('search_learnings', { text: 'subscriptions' })).structuredContent.learnings, [])
})

test('a question in words is answered as the console answers it, by one engine', async () => {
  for (const [text, key] of [['how is it going?', running], ['When will we know?'], ['have we tried cups?'], ['what should I test next?'], ['a timetable of zebras']]) {
    const answer = await use('ask', { text, key })
    const { words: lead, ...rest } = await get(`ask?${new URLSearchParams({ text, ...(key && { experiment: key }) })}`)
    assert.deepEqual(answer.structuredContent, rest)
    assert.ok(textOf(answer).startsWith(lead), lead)
    for (const { words, how, figures } of rest.answers) {
      for (const sentence of [words, how, ...figures.map(({ value }) => value)]) assert.ok(textOf(answer).includes(sentence), sentence)
    }
  }
  const { headline, words } = await get(`experiments/${running}/reading`)
  assert.ok(textOf(await use('ask', { text: 'is it winning?', key: running })).includes(`${headline}. ${words}`))
  assert.match(textOf(await use('ask', { text: 'zebras' })), /^That is no question that is answered here, so the library was searched\. Of 1 concluded experiment none speaks of “zebras”\..*What can be asked: /s)
})

test('what was learned comes in the order of the library, whole or in part', async () => {
  const records = [2019, 2023, 2021].map((year) => ({ key: `cups-${year}`, title: `Cups of ${year}`, ended: `${year}-05-01` }))
  await team.api.post(`${PROJECT}/past`, { records })
  const order = [over, 'cups-2023', 'cups-2021', 'cups-2019']
  for (const [text, keys] of [['cups', order], ['what have we learned about cups?', order], ['cups of 2019 and zebras', ['cups-2019', over, 'cups-2023', 'cups-2021']]]) {
    const answer = await use('search_learnings', { text })
    const { cards, words } = await get(`library?${new URLSearchParams({ q: text })}`)
    assert.deepEqual(answer.structuredContent.learnings, cards)
    assert.deepEqual([cards.map(({ key }) => key), textOf(answer).startsWith(words)], [keys, true], text)
    const asked = await get(`ask?${new URLSearchParams({ text: text.startsWith('what') ? text : `what have we learned about ${text}` })}`)
    assert.equal(asked.words, words)
  }
})

test('flags, explanations, forecasts and debriefs are those of the API', async () => {
  const flags = await use('list_flags')
  assert.deepEqual(flags.structuredContent.flags, (await get('environments/production/flags')).flags)
  assert.match(textOf(flags), /^gift-note is on: /m)
  const explained = await use('explain_flag', { flag: running, context: { unit: 'ada' } })
  const { explanations: [explanation] } = await team.api.post(`${PROJECT}/environments/production/explain`, { flag: running, context: { unit: 'ada' } })
  assert.deepEqual([explained.structuredContent.explanations[0].decision, textOf(explained)], [explanation.decision, `${explanation.headline}.\n${explanation.words}`])
  const { alerts } = await get('alerts?state=open')
  const told = await use('list_alerts')
  assert.deepEqual(told.structuredContent.alerts, alerts)
  for (const { what, cause, next } of alerts) assert.ok(textOf(told).includes(`${what}. ${cause} ${next}`))
  const forecast = await get('forecast?metric=orders&by=0.2&guess=0.4')
  const takes = await use('what_if', { metric: 'orders', by: 0.2, guess: 0.4 })
  assert.deepEqual(takes.structuredContent.forecast, forecast)
  assert.ok(textOf(takes).startsWith(forecast.words) && forecast.perArm > 0)
  assert.match(textOf(await use('what_if', { metric: 'orders', by: 0.2 })), /^Nobody has measured “orders” yet: give a guess/)
  const { markdown } = await get(`experiments/${over}/debrief`)
  assert.ok(textOf(await use('draft_debrief', { key: over })).startsWith(markdown))
})

test('what is drafted is a draft, with what it still needs, and gets another plan only while it is one', async () => {
  const { structuredContent: { experiment, problems } } = await use('draft_experiment', PLAN)
  const kept = await get(`experiments/${experiment.key}`)
  assert.deepEqual([kept.state, kept.started, kept.plan.change.page, kept.problems], ['draft', null, '/beans', problems])
  const again = await use('draft_experiment', { ...PLAN, key: experiment.key, title: 'Say what a week costs' })
  assert.deepEqual([again.structuredContent.saved, (await get(`experiments/${experiment.key}`)).title], [true, 'Say what a week costs'])
  for (const key of [running, over]) {
    const before = await get(`experiments/${key}`)
    assert.equal((await use('draft_experiment', { ...PLAN, key })).structuredContent.saved, false)
    assert.deepEqual(await get(`experiments/${key}`), before)
  }
})

test('what is proposed waits for somebody’s word, and what needs nobody’s is left to a person', async () => {
  const { structuredContent: { change } } = await use('propose_change', { flag: 'gift-note', variant: 'on', share: 0.9, why: 'Gifts are asked for.' })
  assert.deepEqual([change.state, change.subject, change.why, change.actions.includes('approve')], ['open', 'gift-note', 'Gifts are asked for.', false])
  const free = await use('propose_change', { flag: 'gift-note', enabled: false, why: 'Enough.' })
  assert.deepEqual([free.isError, /Nobody has to approve this/.test(textOf(free))], [true, true])
  assert.equal((await get('environments/production/flags')).flags.find(({ key }) => key === 'gift-note').enabled, true)
})

test('wrong arguments and unknown tools are refused with place, cause and fix', async () => {
  const problemsOf = async (name, given) => {
    const { isError, structuredContent: { problems } } = await use(name, given)
    assert.ok(isError && problems.every(({ cause, fix }) => cause && fix), JSON.stringify(problems))
    return problems.map(({ pointer }) => pointer)
  }
  assert.deepEqual(await problemsOf('get_experiment', {}), [''])
  assert.deepEqual(await problemsOf('get_experiment', { key: 'a', start: true }), ['/start'])
  assert.deepEqual(await problemsOf('get_experiment', { key: `../${over}/stop` }), ['/key'])
  assert.deepEqual(await problemsOf('find_experiments', { state: 'live', text: 5 }), ['/state', '/text'])
  assert.deepEqual(await problemsOf('propose_change', { flag: 'gift-note', why: '', share: 2 }), ['/share'])
  assert.deepEqual(await problemsOf('draft_experiment', { ...PLAN, change: { kind: 'words', edits: [{ select: 'h1', text: 'a', script: 'b' }] } }), ['/change/edits/0/script'])
  assert.deepEqual(await problemsOf('list_flags', { project: 'nowhere' }), ['/project'])
  await assert.rejects(use('start_experiment', { key: over }), { code: -32602, message: /There is no tool “start_experiment”/ })
  const missing = await use('get_experiment', { key: 'nowhere' })
  assert.deepEqual([missing.isError, missing.structuredContent.status], [true, 404])
})

test('nobody comes in without a token, and each only does what their role may', async () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
  const without = await told(ping, { authorization: '' })
  assert.deepEqual([without.status, without.headers['www-authenticate']], [401, 'Bearer realm="Pointsman"'])
  assert.equal((await told(ping, { origin: 'https://elsewhere.example' })).status, 403)
  await assert.rejects(assistantOf(`pm_${'0'.repeat(64)}_00000000`), { code: 401 })
  const { secret } = await team.api.post(`${PROJECT}/tokens`, { name: 'Reads', role: 'viewer' })
  const reader = await assistantOf(secret)
  assert.ok(!(await use('get_experiment', { key: running }, reader)).isError)
  const before = await get('experiments')
  for (const [name, given] of [['draft_experiment', PLAN], ['propose_change', { flag: 'beans-sort', variant: 'price', share: 0.9, why: 'x' }]]) {
    const { isError, structuredContent } = await use(name, given, reader)
    assert.deepEqual([isError, structuredContent.status], [true, 403], name)
  }
  assert.deepEqual(await get('experiments'), before)
  await reader.close()
})

test('the protocol is held by whoever speaks it without a client', async () => {
  assert.deepEqual([(await told(undefined, {}, 'GET')).status, (await told({}, {}, 'DELETE')).status], [405, 405])
  const code = async (body, headers) => {
    const { status, text } = await told(body, headers)
    return [status, JSON.parse(text).error.code]
  }
  assert.deepEqual(await code('{'), [400, -32700])
  assert.deepEqual(await code([{ jsonrpc: '2.0', id: 1, method: 'ping' }]), [400, -32600])
  assert.deepEqual(await code({ jsonrpc: '2.0', id: 1, method: 'ping' }, { 'mcp-protocol-version': '1999-01-01' }), [400, -32600])
  assert.deepEqual(await code({ jsonrpc: '2.0', id: 1, method: 'toString' }), [200, -32601])
  const hello = await told({ jsonrpc: '2.0', id: 'a', method: 'initialize', params: { protocolVersion: '1999-01-01' } })
  assert.equal(JSON.parse(hello.text).result.protocolVersion, '2025-11-25')
  assert.deepEqual([(await told({ jsonrpc: '2.0', method: 'notifications/initialized' })).status, (await told('x'.repeat(70_000))).status], [202, 413])
})

test('no sequence of tools changes what visitors see, with an admin’s token, too', async (t) => {
  const environments = ['development', 'staging', 'production']
  const ids = [running, over]
  const shown = async () => ({
    versions: await Promise.all(environments.map((environment) => get(`environments/${environment}/versions`))),
    documents: await Promise.all(environments.map((environment) => get(`environments/${environment}/document`))),
    running: await Promise.all([running, over].map(async (key) => {
      const { state, run, ramp: { stage, held, released }, stop, decision, planHash } = await get(`experiments/${key}`)
      return { state, run, stage, held, released, stop, decision, planHash }
    })),
    started: (await get('experiments')).experiments.filter(({ started }) => started).map(({ key }) => key).sort(),
    approved: (await Promise.all(environments.map((environment) => get(`environments/${environment}/changes`)))).flatMap(({ changes }) => changes).filter(({ state }) => state !== 'open'),
  })
  const before = await shown()
  const { tools } = await assistant.listTools()
  let seed = 20261127
  const dice = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n
  const of = (all) => all[(dice(1024), seed >>> 16) % all.length]
  /** Something that fits a schema, of what there is where there is something. */
  const made = ({ type, enum: values, properties, required = [], items, minimum = 0, maximum = 1 }, name) => {
    if (values) return of(values)
    if (type === 'object') {
      const given = Object.keys(properties ?? {}).filter((part) => part !== 'project' && (required.includes(part) || of([true, false])))
      return Object.fromEntries(given.map((part) => [part, made(properties[part], part)]))
    }
    if (type === 'array') return Array.from({ length: of([0, 1, 2]) }, () => made(items, name))
    if (type === 'boolean') return of([true, false])
    if (type === 'number') return of([minimum, (minimum + maximum) / 2, maximum])
    return of({ ...THERE, key: ids, flag: ['gift-note', 'beans-sort', running] }[name] ?? ['words', 'start', 'ship'])
  }
  const used = new Map()
  for (let step = 0; step < 150; step++) {
    const { name, inputSchema } = step < tools.length ? tools[step] : of(tools)
    const answer = await use(name, made(inputSchema))
    const drafted = answer.structuredContent.saved && answer.structuredContent.experiment.key
    if (drafted && ids.length < 6 && !ids.includes(drafted)) ids.push(drafted)
    const [done, refused] = used.get(name) ?? [0, 0]
    used.set(name, answer.isError ? [done, refused + 1] : [done + 1, refused])
  }
  for (const [name, [done, refused]] of used) t.diagnostic(`${name}: ${done} answered, ${refused} refused`)
  assert.equal(used.size, tools.length)
  for (const [name, [done]] of used) assert.ok(done > 0, name)
  assert.deepEqual(await shown(), before)
})
