// A question in the corner of a page, asked once. It takes no focus, covers nothing for long, and whatever goes wrong
// with it stays with it: the page never hears of a fault.

import { element, hosted } from './shadow.js'

/** Milliseconds in which the visitor may look at the page first. */
const WAIT = 3000
/** Milliseconds that the thanks stay. */
const THANKS = 4000
/** Characters of a comment; `limits::COMMENT_CHARS`. */
const MOST = 1000

/** System colours follow the visitor's dark mode and forced colours by themselves. */
const STYLE = `.box{position:relative;padding:16px;max-height:calc(100vh - 32px);overflow:auto;font:16px/1.4 system-ui,sans-serif;overflow-wrap:anywhere;background:Canvas;color:CanvasText;border:1px solid #8886;border-radius:12px;box-shadow:0 8px 32px #0004}
form{display:grid;gap:12px}
p:empty{display:none}
#q{font-weight:600;padding-right:32px}
.choices{display:flex;flex-wrap:wrap;gap:8px}
button{min-height:40px;padding:6px 14px;border:1px solid #888;border-radius:8px;background:Canvas;cursor:pointer}
button:hover{border-color:CanvasText}
.send,[aria-pressed=true]{background:CanvasText;color:Canvas}
:focus-visible{outline:2px solid Highlight;outline-offset:2px}
textarea{padding:8px;border:1px solid #888;border-radius:8px;background:Canvas;resize:vertical}
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
 * Asks once the visitor has had a look. Throws where nothing can be remembered: who may be asked again and again is not
 * asked at all.
 *
 * @param survey from the inlined decisions
 * @param url where the answer goes
 * @param mark the entry in `localStorage` that says that this visitor was asked
 */
export function ask(survey, url, mark) {
  localStorage.setItem(mark, '')
  // Another tab may have asked in the meantime.
  setTimeout(quietly(() => localStorage.getItem(mark) || show(survey, url, quietly(() => localStorage.setItem(mark, '1')))), WAIT)
}

function show({ key, question, choices, comment, token }, url, remember) {
  const { host, root } = hosted({ right: '16px', width: '340px' }, STYLE)
  const remove = () => {
    host.remove()
    removeEventListener('keydown', escape)
  }
  const dismiss = quietly(() => {
    remember()
    remove()
  })
  const escape = (event) => event.key === 'Escape' && dismiss()

  let chosen
  let sending
  const send = async () => {
    const text = words.value.trim()
    if (sending || !(chosen || text)) return
    sending = true
    const said = { v: 1, survey: key, d: token, choice: chosen, ...(text && { text }) }
    const sent = { method: 'POST', body: JSON.stringify(said), keepalive: true, headers: { 'content-type': 'text/plain' } }
    const response = await fetch(url, sent).catch(() => ({}))
    sending = false
    if (!response.ok) return void (note.textContent = 'That did not get through. Please try again.')
    remember()
    // Whoever answers by keyboard keeps a place to go on from.
    if (root.activeElement) close.focus()
    form.replaceWith(element('p', { id: 'q' }, 'Thank you.'))
    setTimeout(remove, THANKS)
  }
  const choose = (button) => {
    chosen = button.textContent
    for (const other of buttons) other.setAttribute('aria-pressed', other === button)
    // Without anything to add, the choice is the answer.
    if (!comment) submit()
  }
  const submit = (event) => {
    event?.preventDefault()
    send().catch(() => {})
  }

  const buttons = choices.map((choice) => element('button', { type: 'button', 'aria-pressed': 'false' }, choice))
  for (const button of buttons) button.onclick = quietly(() => choose(button))
  const words = element('textarea', { rows: 3, maxLength: MOST, 'aria-label': 'Your words', placeholder: 'In your words, without names or addresses' })
  const note = element('p', {})
  const form = element('form', { onsubmit: submit }, element('p', { id: 'q' }, question))
  if (buttons.length) form.append(element('div', { className: 'choices', role: 'group', 'aria-labelledby': 'q' }, ...buttons))
  if (comment) form.append(words, element('button', { className: 'send' }, 'Send'))
  form.append(note)
  const close = element('button', { className: 'close', 'aria-label': 'Close', onclick: dismiss }, '×')
  const box = element('div', { className: 'box', role: 'dialog', 'aria-labelledby': 'q', 'aria-live': 'polite' })
  root.append(box)
  document.body.append(host)
  addEventListener('keydown', escape)
  // Only what comes into a region that is there already is read out.
  requestAnimationFrame(() => box.append(form, close))
}
