import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceOf } from '../dist/sdk/request.js'
import { browserOf, systemOf } from '../dist/worker/visitor.mjs'

/** Reads the headers of a request. */
const reading = (headers) => (name) => headers[name] ?? null

const AGENTS = {
  'Chrome': [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 OPR/120.0.0.0',
  ],
  'Safari': [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/150.0.0.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/150.0 Mobile/15E148 Safari/605.1.15',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  ],
  'Firefox': ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'],
  'Edge': [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36 EdgA/150.0.0.0',
  ],
  'Other': ['', undefined, null, 'Lynx/2.9', 'Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)'],
}

test('a browser is told by its engine, and by nothing finer', () => {
  for (const [family, agents] of Object.entries(AGENTS)) for (const agent of agents) assert.equal(browserOf(reading({ 'user-agent': agent })), family, agent)
})

const [PHONE, TABLET, DESK] = [
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
]
/** Headers, and the device and the system that they tell. */
const MACHINES = [
  [{ 'user-agent': PHONE }, 'phone', 'Android'],
  [{ 'user-agent': TABLET }, 'tablet', 'Android'],
  [{ 'user-agent': 'Mozilla/5.0 (Android 14; Tablet; rv:150.0) Gecko/150.0 Firefox/150.0' }, 'tablet', 'Android'],
  [{ 'user-agent': 'Mozilla/5.0 (iPad; CPU OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1' }, 'tablet', 'iOS'],
  [{ 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1' }, 'phone', 'iOS'],
  [{ 'user-agent': DESK }, 'desktop', 'Linux'],
  [{}, 'desktop', 'Other'],
  // Hints know what a name has left out.
  [{ 'user-agent': TABLET, 'sec-ch-ua-mobile': '?1', 'sec-ch-ua-platform': '"Android"' }, 'phone', 'Android'],
  [{ 'user-agent': DESK, 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Android"' }, 'tablet', 'Android'],
  [{ 'user-agent': DESK, 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Chrome OS"' }, 'desktop', 'ChromeOS'],
  [{ 'user-agent': '', 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"macOS"' }, 'desktop', 'macOS'],
]

test('a machine is told by the browser’s hints, and else by its user agent', () => {
  for (const [headers, device, system] of MACHINES) {
    assert.deepEqual([deviceOf(reading(headers)), systemOf(reading(headers))], [device, system], JSON.stringify(headers))
  }
  const brands = (brand) => `"Not?A_Brand";v="24", "Chromium";v="150", "${brand}";v="150"`
  for (const [brand, family] of [['Google Chrome', 'Chrome'], ['Microsoft Edge', 'Edge'], ['Opera', 'Chrome']]) {
    assert.equal(browserOf(reading({ 'user-agent': DESK, 'sec-ch-ua': brands(brand) })), family)
  }
})
