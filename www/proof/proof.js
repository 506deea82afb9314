// The page of the proof. It believes nobody: what the edge says is only ever compared with what came out here.

import wasm from '../sdk/evaluator-bytes.js'
import { instance } from '../sdk/evaluator-js.js'
import { Evaluator, instances } from '../sdk/instance.js'
import { element } from '../sdk/shadow.js'
import { CROWD, decide, digestOf, roomFor, told } from './crowd.js'

/** Units between two breaths of the page. */
const PART = 500
/** Tracks, from 0 on. */
const TRACKS = 64
/** The flag whose variants are tracks. */
const FIRST = 'track'

const one = (selector, root = document) => root.querySelector(selector)
const count = new Intl.NumberFormat('en')
const breath = () => new Promise((resolve) => setTimeout(resolve))

/** What a card shows. `state` is working, good, bad or refused. */
function show(id, state, words, digest) {
  const card = one(`#${id}`)
  card.dataset.state = state
  one('.state', card).textContent = words
  if (digest) one('code', card).textContent = digest
  if (state !== 'working') one('progress', card)?.remove()
}

/** An evaluator, or nothing where the browser refuses to make one. */
async function made(snapshot, make) {
  try {
    return new Evaluator(await make()).load(snapshot)
  } catch {
    return undefined
  }
}

/** Decides for the whole crowd, a part at a time: the digest, and the milliseconds that deciding took. */
async function run(evaluator, id) {
  const out = roomFor(evaluator)
  const progress = one(`#${id} progress`)
  let spent = 0
  for (let at = 0; at < CROWD;) {
    const start = performance.now()
    at = decide(evaluator, out, at, PART)
    spent += performance.now() - start
    progress.value = at / CROWD
    await breath()
  }
  return { digest: await digestOf(out), spent }
}

async function ask(path) {
  const response = await fetch(`proof/${path}`)
  if (!response.ok) throw new Error((await response.json()).error)
  return response
}

const edge = ask('digest').then((response) => response.json())
edge.then(({ digest, units, flags }) => {
  show('edge', 'said', `${count.format(units)} units, ${flags} flags each`, digest)
  one('#units').textContent = count.format(units)
  one('#flags').textContent = flags
}, ({ message }) => show('edge', 'bad', `The edge does not answer. ${message}`))

/** One engine of this browser against the edge. Whether it agrees; nothing where it was refused. */
async function compare(id, evaluator) {
  if (!evaluator) {
    show(id, 'refused', 'Refused by this page’s policy')
    return undefined
  }
  const { digest, spent } = await run(evaluator, id)
  const same = digest === (await edge).digest
  const took = `${count.format(CROWD)} units in ${spent.toFixed(0)} ms`
  show(id, same ? 'good' : 'bad', same ? `The same. ${took}` : `Another answer than the edge’s. ${took}`, digest)
  return same
}

async function main() {
  const snapshot = new Uint8Array(await (await ask('snapshot')).arrayBuffer())
  const engines = {
    wasm: await made(snapshot, async () => instances(await WebAssembly.compile(wasm()))),
    plain: await made(snapshot, () => instance),
  }
  one('#ask').addEventListener('submit', (event) => {
    event.preventDefault()
    anybody(engines, one('#id').value).catch(failed)
  })
  anybody(engines, one('#id').value).catch(failed)
  const found = [await compare('wasm', engines.wasm), await compare('plain', engines.plain)]
  const good = found.filter(Boolean).length
  if (found.includes(false)) conclude('bad', 'They disagree. That must not happen: please report it with the digests above.')
  else conclude('good', good === 2 ? 'All three agree, to the last bit.' : 'WebAssembly was refused here, and the program without it agrees with the edge, to the last bit.')
}

function conclude(state, words) {
  one('#verdict').dataset.state = state
  one('#verdict').textContent = words
}

/** What went wrong is no proof of anything, and says so. */
const failed = ({ message }) => conclude('bad', `The proof could not be made. ${message}`)

let asked = 0

/** Decides for an id everywhere. The last one that was asked for is shown. */
async function anybody({ wasm, plain }, id) {
  const number = ++asked
  const { decisions } = await (await ask(`unit?id=${encodeURIComponent(id)}`)).json()
  if (number !== asked) return
  const columns = [decisions, wasm && told(wasm, id), plain && told(plain, id)]
  const words = columns.map((column) => column?.map(({ variant, reason }) => `${variant} ${reason}`))
  const rows = decisions.map(({ flag }, index) => {
    const cells = words.map((column) => column?.[index])
    return { flag, cells, same: cells.every((cell) => cell === undefined || cell === cells[0]) }
  })
  one('tbody').replaceChildren(...rows.map(row))
  one('.tracks').replaceChildren(...columns.map((column) => lane(column?.find(({ flag }) => flag === FIRST)?.variant)))
  const same = rows.every((one) => one.same)
  const [, track] = decisions.find(({ flag }) => flag === FIRST).variant.split('-')
  one('#same').dataset.state = same ? 'good' : 'bad'
  one('#same').textContent = same ? `“${id}” is on track ${track} everywhere.` : `“${id}” is not the same everywhere.`
}

function row({ flag, cells, same }) {
  const made = element('tr', {}, element('th', { scope: 'row' }, flag))
  for (const cell of cells) {
    const [variant, reason] = cell?.split(' ') ?? ['refused', '']
    made.append(element('td', {}, variant, ' ', element('span', { className: 'reason' }, reason.replace('_', ' '))))
  }
  made.dataset.state = same ? 'good' : 'bad'
  return made
}

/** The draw of one engine as a place on a line. */
function lane(variant) {
  const made = element('div', { className: 'lane' })
  if (variant) made.append(element('i', {}))
  // The policy forbids style attributes, and lets scripts set properties.
  if (variant) made.firstChild.style.insetInlineStart = `${(100 * (Number(variant.split('-')[1]) + 0.5)) / TRACKS}%`
  return made
}

if (new URLSearchParams(location.search).get('policy') === 'strict') {
  Object.assign(one('#other'), { href: 'proof', textContent: 'Open it under a policy that allows WebAssembly' })
}
main().catch(failed)
