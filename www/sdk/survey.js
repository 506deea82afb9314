// A question in the corner of a page, asked once. It takes no focus, covers nothing for long, and whatever goes wrong
// with it stays with it: the page never hears of a fault.

import { element, hosted } from './shadow.js'

/** Seconds in which the visitor may look at the page first. */
const WAIT = 3
/** Milliseconds after which somebody who could not be asked may be. */
const DAY = 86_400_000
/** Where a tab keeps what waits for something that may happen on a later page. */
const KEPT = 'pointsman-asked'
/** Milliseconds that the thanks stay. */
const THANKS = 4000
/** Characters of a comment; `limits::COMMENT_CHARS`. */
const MOST = 1000

/** System colours follow the visitor's dark mode and forced colours by themselves; a site may say others. */
const STYLE = `.box{--b:var(--pointsman-back,Canvas);--i:var(--pointsman-ink,CanvasText);position:relative;padding:16px;max-height:calc(100vh - 32px);overflow:auto;font:16px/1.4 var(--pointsman-font,system-ui,sans-serif);overflow-wrap:anywhere;background:var(--b);color:var(--i);border:1px solid #8886;border-radius:var(--pointsman-round,12px);box-shadow:0 8px 32px #0004}
form{display:grid;gap:12px}
p:empty{display:none}
#q{font-weight:600;padding-right:32px}
.choices{display:flex;flex-wrap:wrap;gap:8px}
.scale{display:grid;grid-auto-flow:column}
.scale label{display:grid;place-items:center;min-height:48px}
.ends{display:flex;justify-content:space-between;gap:16px;font-size:14px}
button{min-height:40px;padding:6px 14px;border:1px solid #888;border-radius:8px;background:var(--b);cursor:pointer}
button:hover{border-color:var(--i)}
.send,[aria-pressed=true]{background:var(--pointsman-accent,var(--i));color:var(--pointsman-accent-ink,var(--b))}
:focus-visible{outline:2px solid Highlight;outline-offset:2px}
textarea{padding:8px;border:1px solid #888;border-radius:8px;background:var(--b);resize:vertical}
.close{position:absolute;top:8px;right:8px;width:40px;padding:0;border:0}
@media (max-width:480px){:host{left:8px!important;right:8px!important;width:auto!important}.choices{display:grid}button{min-height:44px}}
@media print{.box{display:none}}
@media (prefers-reduced-motion:no-preference){.box{animation:i .25s ease-out}@keyframes i{from{opacity:0;transform:translateY(16px)}}}`

/** Runs what may fail without anybody being the worse for it. */
const quietly = (work) => (...given) => {
  try {
    return work(...given)
  } catch {}
}

/**
 * Asks one of these once its time has come, and its visitor may be asked. Throws where nothing can be remembered: who may be
 * asked again and again is not asked at all.
 *
 * @param all from the inlined decisions, of an earlier page of this tab and of this one
 * @param url where the answer goes
 * @param heard the names of what the visitor did, to which more are pushed
 */
export function ask(all, url, heard) {
  localStorage.setItem('pointsman-asked', '')
  const surveys = all.filter(({ key, when }, index) => !when?.own && all.findIndex((one) => one.key === key) === index)
  const later = surveys.filter((survey) => (survey.kept ||= Boolean(survey.when?.goal)))
  const keep = () => sessionStorage.setItem(KEPT, JSON.stringify({ voices: url, surveys: later }))
  keep()
  let busy = false
  const one = async (survey) => {
    await due(survey, heard, keep)
    const mark = (until) => localStorage.setItem(`pointsman-asked-${survey.key}`, until)
    if (busy) return
    busy = true
    // Whom another page or device has asked, or something else a short time ago, is left alone; the edge knows.
    const { outcome } = await (await post(url, { v: 1, survey: survey.key, d: survey.token, ask: true })).json()
    busy = outcome === 'ask'
    mark(busy || outcome === 'duplicate' ? Infinity : Date.now() + DAY)
    if (busy) show(survey, url)
  }
  for (const survey of surveys) one(survey).catch(() => {})
}

/** Waits until it is time for a survey. */
async function due({ when = {} }, heard, keep) {
  const { goal, seconds = WAIT, exit } = when
  if (goal) {
    await new Promise((resolve) => {
      const push = heard.push
      heard.push = (...names) => {
        push.apply(heard, names)
        if (heard.includes(goal)) resolve()
      }
      heard.push()
    })
    // Whoever goes on to another page has done it all the same.
    delete when.goal
    keep()
  }
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  if (exit) await new Promise(leaving)
}

/** Whoever leaves by the top of the page is about to; on a phone, who comes back from somewhere else was. */
function leaving(resolve) {
  document.documentElement.addEventListener('mouseleave', ({ clientY }) => clientY <= 0 && resolve())
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && resolve())
}

const post = (url, said) => fetch(url, { method: 'POST', body: JSON.stringify(said), keepalive: true, headers: { 'content-type': 'text/plain' } })

/** Our own words, and a survey's, in the page's language as far as somebody has written them. */
function wordsOf({ question, choices, rating, languages = {} }) {
  const tag = document.documentElement.lang || navigator.language
  const own = {
    ...rating, question, choices, send: 'Send', close: 'Close', hint: 'In your words, without names or addresses', thanks: 'Thank you.',
    again: 'That did not get through. Please try again.', talk: 'May we talk to you?',
  }
  return { ...own, ...(languages[tag] ?? languages[tag.split('-')[0]]) }
}

function show(survey, url) {
  const { key, choices, comment, follow = [], rating, token } = survey
  const told = wordsOf(survey)
  const { host, root } = hosted({ right: '16px', width: '340px' }, STYLE)
  const remove = () => {
    host.remove()
    removeEventListener('keydown', escape)
  }
  const escape = (event) => event.key === 'Escape' && remove()

  let chosen
  let sending
  const send = async () => {
    const text = words.hidden ? '' : words.value.trim()
    if (sending || !(chosen || text)) return
    sending = true
    const said = { v: 1, survey: key, d: token, choice: chosen, ...(text && { text }) }
    const response = await post(url, said).catch(() => ({}))
    sending = false
    if (!response.ok) return void (note.textContent = told.again)
    const { talk } = await response.json()
    // Whoever answers by keyboard keeps a place to go on from.
    if (root.activeElement) close.focus()
    form.replaceWith(element('p', { id: 'q' }, told.thanks))
    // Who is asked for more has all the time they want for it.
    if (talk) box.append(element('a', { href: talk, target: '_blank', rel: 'noopener' }, told.talk))
    else setTimeout(remove, THANKS)
  }
  const choose = (button) => {
    chosen = choices[buttons.indexOf(button)]
    if (!rating) for (const other of buttons) other.setAttribute('aria-pressed', other === button)
    const index = follow.findIndex(({ after }) => after.includes(chosen))
    next.textContent = words.ariaLabel = told.follow?.[index] ?? follow[index]?.question ?? ''
    words.ariaLabel ||= told.hint
    const more = comment || index >= 0
    words.hidden = !more
    if (!rating) last.hidden = !more
    // Without anything to add, the choice is the answer; on a scale the arrow keys choose every point on their way.
    if (last.hidden) submit()
  }
  const submit = (event) => {
    event?.preventDefault()
    send().catch(() => {})
  }

  const ends = { [choices[0]]: told.low, [choices.at(-1)]: told.high }
  const buttons = told.choices.map((choice) => rating
    ? element('input', { type: 'radio', name: 'r', 'aria-label': ends[choice] ? `${choice}, ${ends[choice]}` : choice })
    : element('button', { type: 'button', 'aria-pressed': 'false' }, choice))
  for (const button of buttons) button[rating ? 'onchange' : 'onclick'] = quietly(() => choose(button))
  const words = element('textarea', { rows: 3, maxLength: MOST, 'aria-label': told.hint, placeholder: told.hint, hidden: !comment })
  const last = element('button', { className: 'send', hidden: !(comment || rating) }, told.send)
  const [next, note] = [element('p', {}), element('p', {})]
  const form = element('form', { onsubmit: submit }, element('p', { id: 'q' }, told.question))
  if (rating) {
    const points = buttons.map((button, index) => element('label', {}, button, choices[index]))
    form.append(
      element('div', { className: 'scale', role: 'radiogroup', 'aria-labelledby': 'q' }, ...points),
      element('div', { className: 'ends', 'aria-hidden': 'true' }, element('span', {}, told.low), element('span', {}, told.high)),
    )
  } else if (buttons.length) form.append(element('div', { className: 'choices', role: 'group', 'aria-labelledby': 'q' }, ...buttons))
  form.append(next, words, last, note)
  const close = element('button', { className: 'close', 'aria-label': told.close, onclick: remove }, '×')
  const box = element('div', { className: 'box', role: 'dialog', 'aria-labelledby': 'q', 'aria-live': 'polite' })
  root.append(box)
  document.body.append(host)
  addEventListener('keydown', escape)
  // Only what comes into a region that is there already is read out.
  requestAnimationFrame(() => box.append(form, close))
}
