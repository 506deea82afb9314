// The race as its page runs it: each lane is loaded by itself, and what its recorder kept becomes a film and a sentence.

const TICK = 100
/** Pictures that a film may have, and milliseconds that a lane may take. */
const MOST = 40
const PATIENCE = 15_000
/** How long a lane is watched after its last change. */
const REST = 300

const one = (selector, root = document) => root.querySelector(selector)
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time))
const ms = (time) => `${Math.round(time)} ms`

/** Loads a lane and gives what its recorder kept, once it is loaded and its words have been changed. */
async function run(lane, query, isDone) {
  const frame = one(`#${lane} iframe`)
  const began = performance.now()
  const loaded = new Promise((resolve) => (frame.onload = resolve))
  frame.src = `/race/${lane}?${query}&run=${Math.random().toString(36).slice(2)}`
  await Promise.race([loaded, pause(PATIENCE)])
  while (!isDone(frame.contentWindow) && performance.now() - began < PATIENCE) await pause(20)
  await pause(REST)
  const { record } = frame.contentWindow
  if (!record) throw new Error('The lane did not load.')
  return record
}

/** What a lane's record says: the film, when the first paint was, and how long other words stood there. */
function read({ frames, paints, shifts, rendered }, right) {
  // The browser says when it first painted; where it does not, the first frame with a headline is taken.
  const first = paints['first-contentful-paint'] ?? frames.find(({ words }) => words)?.at
  const at = (time) => (time < first ? '' : (frames.findLast((frame) => frame.at <= time)?.words ?? ''))
  // A headline can be in the page before anything is painted; it is on the screen from the first paint on.
  const changes = frames.map((frame) => ({ at: Math.max(first, frame.at), words: frame.words }))
  const settled = changes.find(({ words }, index) => words === right && changes.slice(index).every((later) => later.words === right))
  const until = settled?.at ?? changes.at(-1)?.at ?? 0
  const wrong = changes.reduce((sum, { at, words }, index) => {
    const end = changes[index + 1]?.at ?? until
    return sum + (words && words !== right ? Math.max(0, end - at) : 0)
  }, 0)
  const film = (pictures) => Array.from({ length: pictures }, (_, index) => ({ time: index * TICK, words: at(index * TICK) }))
  const pictures = Math.min(MOST, Math.ceil(Math.max(until, first ?? 0) / TICK) + 2)
  // What is laid out anew before anything is painted nobody sees.
  const shifted = shifts.filter(({ at }) => at >= first).reduce((sum, { value }) => sum + value, 0)
  return { first, settled: settled?.at, wrong, pictures, film, shifted, rendered }
}

/** The sentence under a lane. It says what was measured and nothing more. */
function outcome({ first, settled, wrong }) {
  if (settled === undefined) return 'The new headline was never there.'
  if (wrong > 0) return `The new headline after ${ms(settled)}; for ${ms(wrong)} before it the old one was to be read.`
  return settled <= first ? `The new headline from the first paint on, after ${ms(settled)}.` : `The new headline after ${ms(settled)}, with no headline before it.`
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

function picture({ time, words }, right) {
  const kind = words === right ? 'right' : words ? 'other' : 'nothing'
  const said = { right: words, other: words, nothing: 'nothing' }[kind]
  return element('li', { className: kind }, element('span', { className: 'time' }, ms(time)), element('span', { className: 'words' }, said))
}

function show(lane, result, pictures, right) {
  const root = one(`#${lane}`)
  one('.outcome', root).textContent = outcome(result)
  root.dataset.outcome = result.settled === undefined || result.wrong > 0 ? 'other' : 'right'
  one('.film', root).replaceChildren(...result.film(pictures).map((still) => picture(still, right)))
  const said = [`first contentful paint after ${ms(result.first)}`]
  if (result.rendered !== undefined) said.push(`headline first rendered after ${ms(result.rendered)}`)
  said.push(`layout shifts since then ${result.shifted.toFixed(3)}`)
  one('.told', root).textContent = `Said by the browser: ${said.join(', ')}.`
}

let warm = false

async function race(event) {
  event.preventDefault()
  const [button, status] = [one('#start button'), one('#status')]
  if (button.getAttribute('aria-disabled') === 'true') return
  // Disabled in words only: who pressed it by keyboard stays there.
  button.setAttribute('aria-disabled', 'true')
  const query = new URLSearchParams({ wait: one('#wait').value, hide: one('#hide').checked ? '1' : '0' })
  try {
    const { edits: [{ text: right }] } = await (await fetch('/race/0/config.json')).json()
    const lane = (name, query) => run(name, query, (page) => name === 'edge' || page.changed)
    // The first page of its kind takes longer than others: one that does not count goes before.
    if (!warm) await lane('snippet', '')
    warm = true
    status.textContent = 'The edge is running.'
    const edge = read(await lane('edge', query), right)
    status.textContent = 'The snippet is running.'
    const snippet = read(await lane('snippet', query), right)
    const pictures = Math.max(edge.pictures, snippet.pictures)
    show('edge', edge, pictures, right)
    show('snippet', snippet, pictures, right)
    status.textContent = 'Both have run.'
  } catch ({ message }) {
    status.textContent = `The race could not be run. ${message}`
  }
  button.removeAttribute('aria-disabled')
}

one('#start').addEventListener('submit', race)
