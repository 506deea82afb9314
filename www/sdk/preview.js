// What a preview adds to a page: which flags there are, what was decided for this visitor and why, and a choice of other
// variants. The edge signs choices, honours them and counts nothing of it. No visitor ever loads this.

import { inlined } from './inlined.js'
import { element, hosted } from './shadow.js'

/** The entry in `sessionStorage` that says how the last page of this tab left it. */
const MARK = 'pointsman-preview'
const [OPEN, CLOSED, CHOSEN] = ['open', 'closed', 'chosen']
/** More flags than one looks through by eye. */
const MANY = 10

/** System colours follow dark mode and forced colours by themselves. */
const STYLE = `.all{display:flex;flex-direction:column-reverse;align-items:start;gap:8px;font:15px/1.4 system-ui,sans-serif}
button,select,input{min-height:40px;padding:6px 14px;border:1px solid #888;border-radius:8px;background:Canvas;color:CanvasText}
button{cursor:pointer}
button:hover{border-color:CanvasText}
button:disabled{opacity:.5;cursor:default}
.bar,.show{background:CanvasText;color:Canvas;font-weight:600}
.bar{border-radius:20px;box-shadow:0 4px 16px #0004}
:focus-visible{outline:3px solid Highlight;outline-color:light-dark(#0b6fd0,#7db8ff);outline-offset:2px}
.panel{width:min(620px,calc(100vw - 32px));max-height:calc(100vh - 96px);overflow:auto;padding:16px;background:Canvas;color:CanvasText;border:1px solid #8886;border-radius:12px;box-shadow:0 8px 32px #0004;overflow-wrap:anywhere}
.panel[hidden]{display:none}
.title{font-weight:600;font-size:17px}
.why{opacity:.8;font-size:13px}
table{width:100%;margin:12px 0;border-collapse:collapse}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:8px 12px 8px 0;border-top:1px solid #8884;text-align:start;vertical-align:top}
thead th{border:0;font-size:13px;font-weight:400}
tbody th{font-weight:600}
tr[data-forced]>th::before{content:"";display:inline-block;width:8px;height:8px;margin-right:6px;border-radius:50%;background:Highlight;background:light-dark(#0b6fd0,#7db8ff)}
td:last-child{padding-right:0}
select,input{width:100%;min-width:120px}
tr[hidden]{display:none}
input{margin-top:12px}
.do{display:flex;flex-wrap:wrap;gap:8px}
.note:empty{display:none}
.note{margin-bottom:12px;font-weight:600}
@media (max-width:480px){thead{display:none}tr{display:grid;padding-bottom:8px}td,tbody th{padding:4px 0}tbody th{padding-top:8px}td{border:0}}
@media print{.all{display:none}}`

/** Words of this tab. Where nothing is remembered each page begins open. */
const memory = {
  get() {
    try {
      return sessionStorage.getItem(MARK)
    } catch {
      return undefined
    }
  },
  set(word) {
    try {
      sessionStorage.setItem(MARK, word)
    } catch {}
  },
}

const counted = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Why a flag is as it is, in the words of the edge. */
function why({ reason, error, rule, run }) {
  const parts = [reason, error, rule !== undefined && `rule ${rule}`, run && `run ${run}`]
  return parts.filter(Boolean).join(', ')
}

/** A flag's line. Its choice is empty where it stays as it was decided. */
function line({ flag, variant, variants, forced = '', ...told }) {
  const options = variants.map((name) => element('option', { value: name, selected: name === forced }, name))
  const choice = element('select', { name: flag, 'aria-label': `Show for ${flag}` }, element('option', { value: '' }, 'as decided'), ...options)
  choice.value = forced
  const row = element('tr', {},
    element('th', { scope: 'row' }, flag),
    element('td', {}, variant, element('div', { className: 'why' }, why(told))),
    element('td', {}, choice))
  if (forced) row.dataset.forced = ''
  return row
}

/** Shows the preview of this page. `again` loads the page anew. */
export function show({ url, until, flags }, again = () => location.reload()) {
  const before = memory.get()
  const forced = flags.filter((one) => one.forced).length
  const { host, root } = hosted({ left: '16px' }, STYLE)
  const note = element('p', { className: 'note', role: 'status' })

  /** Sends what is wanted; the edge's answer is in a cookie, so the page that comes next shows it. */
  async function ask(wish) {
    for (const button of actions) button.disabled = true
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ v: 1, ...wish }), headers: { 'content-type': 'text/plain' } })
      .catch(() => undefined)
    if (response?.ok) {
      memory.set(wish.end ? OPEN : CHOSEN)
      return void again()
    }
    for (const button of actions) button.disabled = false
    const { error } = (await response?.json().catch(() => undefined)) ?? {}
    note.textContent = error ?? 'The edge does not answer. Please try again.'
  }

  const rows = flags.map(line)
  const find = element('input', { type: 'search', 'aria-label': 'Find a flag', placeholder: 'Find a flag' })
  find.oninput = () => rows.forEach((row) => (row.hidden = !row.cells[0].textContent.includes(find.value.trim())))
  // It stands in a form, where the key would send the choices.
  find.onkeydown = (event) => event.key === 'Enter' && event.preventDefault()
  const chosen = () => Object.fromEntries(rows.map((row) => row.querySelector('select')).filter(({ value }) => value).map(({ name, value }) => [name, value]))
  const submit = element('button', { className: 'show' }, 'Show these')
  const reset = element('button', { type: 'button', onclick: () => ask({ choices: {} }) }, 'All as decided')
  const end = element('button', { type: 'button', onclick: () => ask({ end: true }) }, 'End the preview')
  const actions = [submit, reset, end]
  const head = element('tr', {}, ...['Flag', 'Decided for you', 'Show'].map((title) => element('th', { scope: 'col' }, title)))
  const form = element('form', {
    onsubmit(event) {
      event.preventDefault()
      ask({ choices: chosen() })
    },
  },
  ...(flags.length > MANY ? [find] : []),
  element('table', {}, element('caption', {}, 'Flags of this site'), element('thead', {}, head), element('tbody', {}, ...rows)),
  note, element('div', { className: 'do' }, ...actions))
  const time = new Date(until).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  const panel = element('div', { id: 'panel', className: 'panel', hidden: before === CLOSED },
    element('p', { className: 'title' }, 'You see a preview'),
    element('p', {}, `Nothing of it is counted. It ends at ${time}.`), form)

  const words = `Preview: ${counted(flags.length, 'flag')}${forced ? `, ${forced} chosen` : ''}`
  const bar = element('button', { className: 'bar', type: 'button', 'aria-expanded': !panel.hidden, 'aria-controls': 'panel' }, words)
  function turn(open) {
    panel.hidden = !open
    bar.setAttribute('aria-expanded', open)
    memory.set(open ? OPEN : CLOSED)
  }
  bar.onclick = () => turn(panel.hidden)
  const all = element('div', { className: 'all', role: 'region', 'aria-label': 'Pointsman preview' }, bar, panel)
  all.onkeydown = (event) => {
    if (event.key !== 'Escape' || panel.hidden) return
    // The page may have a use for this key, too; it was not meant.
    event.stopPropagation()
    turn(false)
    bar.focus()
  }
  root.append(all)
  document.body.append(host)
  if (before !== CHOSEN) return
  // Whoever chose goes on from where they were, and hears what has become of it.
  memory.set(OPEN)
  submit.focus({ preventScroll: true })
  requestAnimationFrame(() => (note.textContent = forced ? `${counted(forced, 'flag')} shown as you chose.` : 'All as decided.'))
}

const { preview } = inlined() ?? {}
// This script may be here before the page is.
if (preview && document.body) show(preview)
else if (preview) addEventListener('DOMContentLoaded', () => show(preview), { once: true })
