// The result page: asks the API while somebody looks, and prints what it says. What the numbers mean is said by the
// API's own words alone; this file makes labels, not judgements.

const POLL = 2000
/** A look that takes longer than this has failed: one shard would answer in milliseconds. */
const PATIENCE = 10_000
const TOKEN = 'pointsman-token'

// English, whatever the browser speaks: the API's words are, and two decimal signs on one page would mislead.
const count = (number) => new Intl.NumberFormat('en').format(number)
const share = (number, digits) => number === null ? '–'
  : new Intl.NumberFormat('en', { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(number)
// One decimal, and more where one would turn a bound that excludes zero into zero: as the API's words have it.
const signed = new Intl.NumberFormat('en', {
  style: 'percent', signDisplay: 'always', minimumFractionDigits: 1, maximumFractionDigits: 1,
  maximumSignificantDigits: 1, roundingPriority: 'morePrecision',
}).format
const tick = new Intl.NumberFormat('en', { style: 'percent', signDisplay: 'exceptZero' }).format

const maker = (namespace) => (name, attributes = {}, ...children) => {
  const node = document.createElementNS(namespace, name)
  for (const key in attributes) node.setAttribute(key, attributes[key])
  node.append(...children)
  return node
}
const html = maker('http://www.w3.org/1999/xhtml')
const svg = maker('http://www.w3.org/2000/svg')
const at = (id) => document.getElementById(id)
const show = (id, ...children) => patch(at(id), html('div', {}, ...children))

/** Makes the children those of `fresh`, touching only what differs: focus, selection and live regions keep their peace. */
function patch(old, fresh) {
  const children = [...fresh.childNodes]
  while (old.childNodes.length > children.length) old.lastChild.remove()
  children.forEach((node, index) => {
    const present = old.childNodes[index]
    if (!present) return old.append(node)
    if (present.isEqualNode(node)) return
    if (node.nodeType !== Node.ELEMENT_NODE || present.nodeName !== node.nodeName) return present.replaceWith(node)
    for (const { name } of [...present.attributes]) if (!node.hasAttribute(name)) present.removeAttribute(name)
    for (const { name, value } of node.attributes) present.setAttribute(name, value)
    patch(present, node)
  })
}

let token, wanted, environment, good, timer
let looks = 0

/** Takes the token out of the address, where others might read it, and the chosen experiment from it. */
function readAddress() {
  const address = new URLSearchParams(location.hash.slice(1))
  if (address.has('token')) {
    sessionStorage.setItem(TOKEN, address.get('token'))
    address.delete('token')
    history.replaceState(null, '', location.pathname + location.search + (address.size ? `#${address}` : ''))
  }
  token = sessionStorage.getItem(TOKEN)
  wanted = address.get('experiment')
  environment = address.get('environment') ?? 'production'
  at('door').hidden = Boolean(token)
  poll()
}

async function poll() {
  clearTimeout(timer)
  const mine = ++looks
  if (document.hidden || !token) return
  try {
    const news = await look()
    if (mine !== looks) return
    good = { ...news, time: Date.now() }
    print(good)
  } catch (error) {
    if (mine !== looks) return
    if (error.status === 401) return lock()
    show('notice', `The API gives no data at present. ${good ? 'This is the last it gave. ' : ''}Asking again every ${POLL / 1000} seconds.`)
    at('notice').className = 'fault'
  }
  age()
  timer = setTimeout(poll, POLL)
}

async function look() {
  const { projects: [project] } = await ask('/api/v1/projects')
  const place = `/api/v1/projects/${project.key}/environments/${environment}`
  const { site } = project.environments.find(({ key }) => key === environment) ?? {}
  const { experiments } = await ask(`${place}/experiments`)
  const key = experiments.includes(wanted) ? wanted : experiments[0]
  if (key === undefined) return { experiments }
  try {
    return { site, experiments, key, ...await ask(`${place}/experiments/${encodeURIComponent(key)}/report`) }
  } catch (error) {
    // Not started, or gone since the list was read: an answer like any other.
    if (error.status === 409 || error.status === 404) return { experiments, key, refusal: error.message }
    throw error
  }
}

async function ask(path) {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(path, { headers, signal: AbortSignal.timeout(PATIENCE) })
  const body = await response.json()
  if (!response.ok) throw Object.assign(new Error(body.error), { status: response.status })
  return body
}

/** The token was refused: asks for another, and shows nothing that it opened. */
function lock() {
  sessionStorage.removeItem(TOKEN)
  token = good = undefined
  at('door').hidden = false
  at('report').hidden = true
  show('experiments')
  show('notice', 'This token was refused.')
  age()
  at('token').focus()
}

function print({ site, experiments, key, refusal, report, ledger }) {
  at('experiments').hidden = experiments.length < 2
  show('experiments', ...experiments.map((name) =>
    html('a', { href: `#environment=${environment}&experiment=${encodeURIComponent(name)}`, ...(name === key && { 'aria-current': 'page' }) }, name)))
  document.title = key ? `${key} · Pointsman` : 'Pointsman'
  at('report').hidden = !report
  at('notice').className = ''
  const none = 'There are no experiments yet. Publish a document that has one.'
  show('notice', key === undefined ? none : refusal ? `${key}: ${refusal}` : '')
  if (!report) return
  const { arms, verdict, control } = report
  show('name', key)
  show('run', `Metric ${report.metric}, run ${report.run}, epoch ${report.epoch}`)
  show('headline', verdict.headline)
  show('words', verdict.words)
  at('verdict').className = verdict.kind
  const quiet = arms.every(({ assigned, confirmed }) => assigned + confirmed === 0)
  at('quiet').hidden = !quiet
  at('numbers').hidden = quiet
  show('shop', ...shop(site))
  show('arms', ...arms.map(row))
  show('against', `Lift over “${control}”`)
  show('lifts', ...lifts(report))
  // A wrong split is the verdict already; once is enough.
  at('split').parentNode.hidden = report.sampleRatio.words === verdict.words
  show('split', report.sampleRatio.words)
  show('ledger', ...entries(ledger))
}

/** Not every environment has a site. */
const shop = (address) =>
  address ? ['Open the site: ', html('a', { href: address, target: '_blank', rel: 'noreferrer' }, address)] : []

function row({ variant, assigned, confirmed, confirmedShare, converted, rate }) {
  const cells = [count(assigned), count(confirmed), share(confirmedShare, 1), count(converted), share(rate, 2)]
  return html('tr', {}, html('th', { scope: 'row' }, variant), ...cells.map((text) => html('td', {}, text)))
}

function lifts({ comparisons, verdict }) {
  const bounds = comparisons.flatMap(({ missing, low, high }) => missing ? [] : [Math.abs(low), Math.abs(high)])
  const limit = roundAbove(Math.max(0.01, ...bounds))
  return comparisons.map(({ variant, words, lift, low, high }) => {
    const name = html('b', {}, variant)
    if (words) return html('li', {}, name, html('span', { class: 'waiting' }, words))
    const interval = `${signed(low)} to ${signed(high)}`
    // Colour claims a direction, which no interval may do while the data have a problem.
    const side = verdict.kind === 'dataProblem' || (low <= 0 && high >= 0) ? 'open' : low > 0 ? 'up' : 'down'
    return html('li', {}, name, html('span', {}, signed(lift), html('small', {}, interval)), bar({ lift, low, high, limit, side, interval }))
  })
}

/** The interval against zero, on the axis that all variants share. No lift is below -100%, so neither is the axis. */
function bar({ lift, low, high, limit, side, interval }) {
  const least = -Math.min(limit, 1)
  const x = (value) => `${100 * (value - least) / (limit - least)}%`
  const label = (value, anchor) => svg('text', { x: x(value), y: 38, 'text-anchor': anchor }, tick(value))
  const name = `Interval from ${interval}, on an axis from ${tick(least)} to ${tick(limit)}`
  return svg('svg', { role: 'img', 'aria-label': name, class: side },
    svg('line', { x1: 0, x2: '100%', y1: 12, y2: 12 }),
    svg('rect', { x: x(low), width: x(high - low + least), y: 7, height: 10, rx: 2 }),
    svg('line', { class: 'zero', x1: x(0), x2: x(0), y1: 1, y2: 23 }),
    svg('circle', { cx: x(lift), cy: 12, r: 5 }),
    label(least, 'start'), label(0, 'middle'), label(limit, 'end'))
}

/** 1, 2 or 5 times a power of ten: the axis stands still while the bounds creep. */
function roundAbove(number) {
  const power = 10 ** Math.floor(Math.log10(number))
  return power * ([1, 2, 5].find((step) => step * power >= number) ?? 10)
}

/** Every event is in exactly one of the parts, so their sum is what was received. */
function entries({ stored, duplicate, rejected, filtered }) {
  const sum = (reasons) => Object.values(reasons).reduce((total, number) => total + number, 0)
  const entry = (name, number, reasons = {}) => {
    const list = Object.entries(reasons).map(([reason, times]) => html('dd', {}, `${count(times)} ${reason}`))
    return html('div', {}, html('dt', {}, name), html('dd', {}, count(number)), ...list)
  }
  return [
    entry('received', stored + duplicate + sum(rejected) + sum(filtered)),
    entry('stored', stored), entry('duplicate', duplicate),
    entry('rejected', sum(rejected), rejected), entry('filtered', sum(filtered), filtered),
  ]
}

function age() {
  const seconds = good && Math.max(0, Math.round((Date.now() - good.time) / 1000))
  show('age', good ? (seconds < 120 ? `Updated ${seconds} s ago` : `Updated ${count(Math.floor(seconds / 60))} min ago`) : '')
}

at('door').addEventListener('submit', (event) => {
  event.preventDefault()
  sessionStorage.setItem(TOKEN, at('token').value.trim())
  at('token').value = ''
  show('notice')
  readAddress()
  // The field that had the focus is gone.
  at('results').focus()
})
document.addEventListener('visibilitychange', poll)
addEventListener('hashchange', readAddress)
setInterval(age, 1000)
readAddress()
