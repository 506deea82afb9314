// Beacons that fail: what is lost between two that arrive is counted to the envelope, what is lost at the end shows as
// assigned without confirmed, nothing counts twice, and the page does not notice.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually, TRIES } from '../eventually.mjs'
import { documentOf, PAGE } from '../edge/document.mjs'
import { stub } from '../edge/wire.mjs'
import { arrived, between } from './between.mjs'
import { PERSON } from './chromium.mjs'
import { counts, grown, ledger, stage } from './stage.mjs'

const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15'
const ITEM = 'pointsman-unsent /_pm/e'
/** The page's own rest before it sends what others left, and some more. */
const REST = 2500

let origin, scene, product, way

before(async () => {
  ;[origin, scene] = await Promise.all([
    stub(answer), stage(),
  ])
  product = await scene.running(origin.port, documentOf())
  way = await between(product)
})

after(async () => {
  await way?.close()
  await product?.stop()
  await origin?.close()
  await scene?.close()
})

/** Milliseconds that the picture of `/slow` takes. */
const SLOW = 600

async function answer({ url }, response) {
  if (url === '/picture') {
    await pause(SLOW)
    return response.writeHead(404).end()
  }
  const page = url === '/slow' ? PAGE.replace('</body>', '<img src="/picture"></body>') : PAGE
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
}

/** A person whose envelopes meet this fate. */
async function person(fate, work, options) {
  way.fate = fate
  way.seen.length = 0
  await scene.person(work, options)
}

/** Opens a page and waits for our script. */
async function opened(context, path = '/') {
  const page = await context.newPage()
  await page.goto(way.site + path)
  await ready(page)
  return page
}

const ready = (page) => page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
const variantOf = (page) => page.evaluate(() => JSON.parse(document.querySelector('[data-id=pointsman]').textContent).flags.hero.variant)
const track = (page, name = 'order') => page.evaluate((name) => globalThis.pointsman.push(['track', name]), name)
const kept = (page) => page.evaluate((item) => JSON.parse(localStorage.getItem(item) ?? '[]'), ITEM)
const until = async (done, what) => assert.ok(await eventually(done), `never came: ${what}`)
const sent = (count) => until(() => way.seen.length >= count, `${count} envelopes, of which ${way.seen.length} did`)

/** The losses that the API tells, by variant and browser. */
async function losses() {
  const { losses } = await (await product.api('GET', 'experiments/hero/report')).json()
  return Object.fromEntries(losses.map(({ variant, browser, reports, lost }) => [`${variant} ${browser}`, { reports, lost }]))
}

/** By how much they have grown. */
function grownLosses(before, after) {
  const grown = {}
  for (const [key, { reports, lost }] of Object.entries(after)) {
    const was = before[key] ?? { reports: 0, lost: 0 }
    if (reports > was.reports) grown[key] = { reports: reports - was.reports, lost: lost - was.lost }
  }
  return grown
}

/** What a visitor's envelopes meet in turn: some are refused or answered by somebody else, the rest is delivered sooner or later. */
const FATES = [
  ({ seq }) => (seq % 3 === 1 ? 403 : 'pass'),
  ({ seq }) => (seq === 0 || seq === 2 ? 204 : 'pass'),
  ({ seq }, times) => (seq === 1 ? 410 : times === 1 ? 503 : 'pass'),
  ({ seq }, times) => (seq === 3 ? 200 : times === 1 ? 'mute' : 'pass'),
  ({ seq }) => (seq < 4 ? 403 : 'pass'),
  () => 'pass',
]

test('every gap that a later beacon follows is told exactly, by variant and browser, whatever takes the envelopes', async () => {
  const [before, exposures] = [await losses(), await counts(product)]
  const due = {}
  for (const [index, fate] of FATES.entries()) {
    // Safari names no brands; this browser would, whatever else it calls itself.
    const own = index % 2 ? { userAgent: SAFARI, extraHTTPHeaders: { 'sec-ch-ua': '"Not A;Brand";v="99"' } } : { userAgent: PERSON }
    await person(fate, async (context) => {
      const page = await opened(context)
      await sent(1)
      // Each goal in an envelope of its own: the one before has met its fate.
      for (let goal = 1; goal < 6; goal++) {
        await track(page, `goal-${goal}`)
        await until(() => way.seen.some(({ seq, due }) => seq === goal && (due === 'pass' || typeof due === 'number') && due !== 503), `the fate of ${goal}`)
      }
      await until(() => way.seen.every(({ due, receipt }) => due !== 'pass' || receipt), 'every receipt')
      const key = `${await variantOf(page)} ${index % 2 ? 'Safari' : 'Chrome'}`
      due[key] ??= { reports: 0, lost: 0 }
      for (const numbers of arrived(way.seen).values()) {
        const reports = Math.max(...numbers) + 1
        due[key].reports += reports
        due[key].lost += reports - numbers.size
      }
    }, own)
  }
  assert.deepEqual(grownLosses(before, await losses()), due)
  assert.equal(Object.values(due).reduce((sum, { lost }) => sum + lost, 0), 2 + 2 + 1 + 1 + 4)
  // The second and the fifth have lost the envelope of their exposure: their silence shows here.
  await grown(exposures, { assigned: 6, confirmed: 4, crossed: 0 }, product)
})

test('a tail that is lost shows as assigned without confirmed, and as no gap', async () => {
  const [before, exposures] = [await losses(), await counts(product)]
  await person(() => 403, async (context) => {
    const page = await opened(context)
    await sent(1)
    await track(page)
    await sent(2)
  })
  await grown(exposures, { assigned: 1, confirmed: 0, converted: 0 }, product)
  assert.deepEqual(grownLosses(before, await losses()), {})
})

for (const [what, fate] of [['the network refuses', 'cut'], ['an overloaded server puts off', 503], ['a server has too many of', 429]]) {
  test(`what ${what} is tried again until it is acknowledged, and counts once`, async () => {
    const exposures = await counts(product)
    await person((_, times) => (times < 3 ? fate : 'pass'), async (context) => {
      await opened(context)
      await grown(exposures, { assigned: 1, confirmed: 0 }, product)
      await until(() => way.seen.some(({ receipt }) => receipt), 'the third time')
      await grown(exposures, { assigned: 1, confirmed: 1, crossed: 0 }, product)
      assert.deepEqual([...new Set(way.seen.map(({ page, seq }) => `${page} ${seq}`))].length, 1)
    })
  })
}

test('an answer that gets lost makes the page send again, and the same envelope counts once', async () => {
  const [exposures, before] = [await counts(product), await ledger(product)]
  await person((_, times) => (times < 3 ? 'mute' : 'pass'), async (context) => {
    const page = await opened(context)
    await track(page)
    await until(() => way.seen.filter(({ receipt }) => receipt).length >= 4, 'four deliveries')
    await grown(exposures, { assigned: 1, confirmed: 1, converted: 1, crossed: 0 }, product)
  })
  const { stored } = await ledger(product)
  // Assigned by the edge, confirmed, and ordered.
  assert.equal(stored - before.stored, 3)
})

test('what a page could not deliver is sent by the next page of the site, and counts once', async () => {
  const [exposures, before] = [await counts(product), await losses()]
  await person(() => 'cut', async (context) => {
    const page = await opened(context)
    await sent(1)
    await track(page)
    const [name] = way.seen.map(({ page }) => page)
    await page.goto(`${way.site}/other`)
    const left = (await kept(page)).filter(({ page }) => page === name)
    assert.deepEqual(left.map(({ page, seq, events }) => [page, seq, events.map(({ t }) => t)]), [[name, 0, ['seen']], [name, 1, ['track']]])
    await grown(exposures, { assigned: 1, confirmed: 0, converted: 0 }, product)
    way.fate = () => 'pass'
    await until(() => [0, 1].every((seq) => way.seen.some((one) => one.page === name && one.seq === seq && one.receipt)), 'what was kept')
    await grown(exposures, { assigned: 1, confirmed: 1, converted: 1, crossed: 0 }, product)
    await until(async () => !(await kept(page)).length, 'an empty store')
    assert.equal(Object.values(grownLosses(before, await losses())).reduce((sum, { lost }) => sum + lost, 0), 0)
  })
})

test('an envelope is kept for the next page even where the browser has promised to send it', async () => {
  const exposures = await counts(product)
  await person(({ seq }) => (seq ? 'cut' : 'pass'), async (context) => {
    const page = await opened(context)
    await until(() => way.seen[0]?.receipt, 'the exposure')
    // The goal is under way when the visitor leaves.
    await page.evaluate((next) => {
      globalThis.pointsman.push(['track', 'order'])
      location.href = next
    }, `${way.site}/thanks`)
    await page.waitForURL('**/thanks')
    way.fate = () => 'pass'
    await ready(page)
    await grown(exposures, { assigned: 1, confirmed: 1, converted: 0 }, product)
    await pause(REST)
    await grown(exposures, { assigned: 1, confirmed: 1, converted: 1 }, product)
  })
})

test('where the browser’s quota for a page that leaves is used up, the rest is kept, and all of it arrives once', async () => {
  const before = await ledger(product)
  const goals = 900
  await person(() => 'hang', async (context) => {
    const page = await opened(context)
    await sent(1)
    const refused = await page.evaluate((goals) => {
      const { sendBeacon } = navigator
      let refused = 0
      navigator.sendBeacon = (...given) => {
        const taken = Reflect.apply(sendBeacon, navigator, given)
        refused += !taken
        return taken
      }
      for (let goal = 0; goal < goals; goal++) globalThis.pointsman.push(['track', `goal-${goal}-`.padEnd(64, 'x')])
      globalThis.dispatchEvent(new PageTransitionEvent('pagehide'))
      return refused
    }, goals)
    assert.ok(refused > 0, 'the quota was not reached')
    way.fate = () => 'pass'
    way.release()
    await page.goto(`${way.site}/next`)
    await until(async () => (await ledger(product)).stored - before.stored === goals + 2, 'every goal')
    await pause(REST)
    assert.equal((await ledger(product)).stored - before.stored, goals + 2)
  })
})

for (const [what, beacon] of [['refuses to send', '() => false'], ['has no way to send', 'undefined']]) {
  test(`where the browser ${what} for a page that leaves, a fetch that outlives it does`, async () => {
    const exposures = await counts(product)
    await person(({ seq }) => (seq ? 'pass' : 'hang'), async (context) => {
      await context.addInitScript(`Object.defineProperty(navigator, 'sendBeacon', { value: ${beacon} })`)
      const page = await opened(context)
      await sent(1)
      await page.evaluate(() => {
        globalThis.pointsman.push(['track', 'order'])
        globalThis.dispatchEvent(new PageTransitionEvent('pagehide'))
      })
      await until(() => way.seen.some(({ seq, receipt }) => seq && receipt), 'the goal')
      way.release()
      await grown(exposures, { assigned: 1, confirmed: 1, converted: 1 }, product)
    })
  })
}

test('an envelope is plain text of at most 16 KiB, however long names are', async () => {
  await person(() => 'pass', async (context) => {
    const page = await opened(context)
    await page.evaluate(() => {
      for (let goal = 0; goal < 300; goal++) globalThis.pointsman.push(['track', `${goal}€`.repeat(5000)])
    })
    await until(() => way.seen.flatMap(({ events }) => events).length >= 301, 'every goal')
    for (const { type, bytes, receipt } of way.seen) {
      assert.match(type, /^text\/plain/)
      assert.ok(bytes <= 16_384, `${bytes} bytes`)
      if (receipt) assert.deepEqual(receipt.rejected, {})
    }
    assert.ok(way.seen.length < 30, `${way.seen.length} envelopes for 301 events`)
  })
})

test('what is no call among those that a page has made before our script came keeps none of the others back', async () => {
  const exposures = await counts(product)
  await person(() => 'pass', async (context) => {
    await context.addInitScript(() => (globalThis.pointsman = [undefined, null, 7, 'track', {}, [], ['track', 'order']]))
    await opened(context)
    await grown(exposures, { assigned: 1, confirmed: 1, converted: 1 }, product)
  })
})

test('two tabs that send the same envelope count it once', async () => {
  const [exposures, before] = [await counts(product), await ledger(product)]
  await person(() => 'cut', async (context) => {
    const page = await opened(context)
    await sent(1)
    await track(page)
    // The tab goes to the background and lives on.
    await page.evaluate(() => globalThis.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })))
    assert.equal((await kept(page)).length, 2)
    way.fate = () => 'pass'
    await opened(context, '/other')
    await pause(REST + 1500)
    await grown(exposures, { assigned: 1, confirmed: 1, converted: 1, crossed: 0 }, product)
    assert.deepEqual(await kept(page), [])
  })
  // Assigned, confirmed, ordered; the exposure of the second tab was known.
  assert.equal((await ledger(product)).stored - before.stored, 3)
})

/** Runs in the page before anything else. */
const STORAGE = {
  forbidden: () => Object.defineProperty(globalThis, 'localStorage', { get: () => { throw new DOMException('no', 'SecurityError') } }),
  full: () => (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }),
  missing: () => Object.defineProperty(globalThis, 'localStorage', { value: undefined }),
  spoilt: () => localStorage.setItem('pointsman-unsent /_pm/e', '[null, 7, {"events": [{}]}, {"events": 3}]'),
}

for (const [what, make] of Object.entries(STORAGE)) {
  test(`where storage is ${what} only what could have been kept is lost`, async () => {
    const exposures = await counts(product)
    await person(({ events }) => (events[0].t === 'track' ? 'cut' : 'pass'), async (context) => {
      await context.addInitScript(make)
      const faults = []
      const page = await opened(context)
      page.on('pageerror', (error) => faults.push(error.message))
      await until(() => way.seen[0]?.receipt, 'the exposure')
      await track(page)
      await sent(2)
      await page.goto(`${way.site}/other`)
      await ready(page)
      way.fate = () => 'pass'
      await pause(REST)
      await track(page)
      await grown(exposures, { assigned: 1, confirmed: 1, converted: 1 }, product)
      assert.deepEqual(faults, [])
    })
  })
}

test('what is kept is bounded in number, bytes and age, and names nobody', async () => {
  await person(() => 'cut', async (context) => {
    const page = await opened(context)
    await sent(1)
    await page.evaluate(() => {
      for (let goal = 0; goal < 2000; goal++) globalThis.pointsman.push(['track', `goal-${goal}-`.padEnd(64, 'x')])
      globalThis.dispatchEvent(new PageTransitionEvent('pagehide'))
    })
    const text = await page.evaluate((item) => localStorage.getItem(item), ITEM)
    const all = JSON.parse(text)
    assert.ok(text.length <= 50_000 && all.length <= 50, `${all.length} envelopes, ${text.length} characters`)
    assert.equal(all.at(-1).events.at(-1).n, 'goal-1999-'.padEnd(64, 'x'), 'the newest are kept')
    const fields = new Set(all.flatMap((envelope) => [...Object.keys(envelope), ...envelope.events.flatMap(Object.keys)]))
    for (const field of fields) assert.ok(['page', 'seq', 'events', 'left', 't', 'n', 'at', 'run', 'x', 'd'].includes(field), field)
    const [cookie] = (await context.cookies()).filter(({ name }) => name === 'pm')
    assert.ok(!text.includes(cookie.value.split('.')[1]), 'the unit is in it')
    // Six days later, and for the first of them seven.
    await page.close()
    const next = await context.newPage()
    await next.goto(`${way.site}/_pm/health`)
    const [first, ...others] = await next.evaluate((item) => {
      const old = JSON.parse(localStorage.getItem(item))
      for (const [index, { events }] of old.entries()) for (const event of events) event.at -= (index ? 6 : 7) * 24 * 3_600_000
      localStorage.setItem(item, JSON.stringify(old))
      return old.map(({ page, seq }) => `${page} ${seq}`)
    }, ITEM)
    const before = way.seen.length
    way.fate = () => 'pass'
    await next.goto(`${way.site}/other`)
    const again = () => way.seen.slice(before).map(({ page, seq }) => `${page} ${seq}`)
    await until(() => others.every((id) => again().includes(id)), 'what is six days old')
    assert.ok(!again().includes(first), 'what is seven days old was sent')
    assert.deepEqual(await kept(next), [])
  })
})

test('a page that comes back from the browser’s cache is not confirmed a second time', async () => {
  const [exposures, before] = [await counts(product), await ledger(product)]
  await person(() => 'pass', async (context) => {
    const page = await opened(context)
    await until(() => way.seen[0]?.receipt, 'the exposure')
    await page.evaluate(async () => {
      globalThis.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
      globalThis.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await pause(300)
    assert.equal(way.seen.length, 1)
    await grown(exposures, { assigned: 1, confirmed: 1 }, product)
  })
  const now = await ledger(product)
  assert.deepEqual([now.stored - before.stored, now.duplicate - before.duplicate], [2, 0])
})

/** Runs in the page before anything else: keeps the frames that took long, with the scripts that ran in them. */
function watchFrames() {
  globalThis.long = []
  const keep = (list) => globalThis.long.push(...list.getEntries().flatMap(({ scripts }) => scripts.map(({ sourceURL, duration }) => [sourceURL, duration])))
  new PerformanceObserver(keep).observe({ type: 'long-animation-frame', buffered: true })
}

test('a page is loaded whatever becomes of beacons, and our script takes no long task', async () => {
  /** What was late on one page. */
  const late = async (fate) => {
    const found = []
    await person(() => fate, async (context) => {
      await context.addInitScript(watchFrames)
      const page = await opened(context, '/slow')
      await page.waitForLoadState('load')
      const { load, picture, beacon } = await page.evaluate(async () => {
        await new Promise((resolve) => setTimeout(resolve, 50))
        const [{ loadEventStart }] = performance.getEntriesByType('navigation')
        const of = (end) => performance.getEntriesByType('resource').find(({ name }) => name.endsWith(end))
        return { load: loadEventStart, picture: of('/picture').responseEnd, beacon: of('/_pm/e')?.startTime }
      })
      if (!way.seen.length || beacon > picture) found.push(`the first beacon at ${beacon} ms, the page at ${picture} ms`)
      if (load - picture >= 100) found.push(`the last part came at ${picture} ms, the page was loaded at ${load} ms`)
      const ours = (await page.evaluate(() => globalThis.long)).filter(([url, duration]) => url.includes('/_pm/') && duration >= 50)
      found.push(...ours.map(([url, duration]) => `${url} took ${duration} ms`))
    })
    way.release()
    return found
  }
  for (const fate of ['pass', 'hang', 'cut', 503]) {
    let found
    for (let tries = 0; tries < TRIES && found?.length !== 0; tries++) found = await late(fate)
    assert.deepEqual(found, [], `${fate}`)
  }
})
