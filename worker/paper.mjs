// Small pages of our own for people who are asked something outside a site's pages: HTML without a script, which any browser,
// screen reader and language gets along with. Whatever is in them is escaped here.

const STYLE = `:root{color-scheme:light dark;font:17px/1.5 system-ui,sans-serif;--ink:#1c1c22;--soft:#585864;--line:#d3d3dc;--edge:#7c7c88;--back:#f4f4f7;--card:#fff;--accent:#2c49c9;--on:#fff;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#f2f2f6;--soft:#b0b0bc;--line:#42424e;--edge:#8c8c99;--back:#131317;--card:#1d1d23;--accent:#a5b6ff;--on:#10142e;--bad:#ff9d94}}
body{margin:0;display:grid;place-items:center;min-height:100vh;background:var(--back);color:var(--ink)}
main{box-sizing:border-box;width:min(100% - 24px,32rem);margin:12px auto;padding:clamp(20px,6vw,36px);background:var(--card);border:1px solid var(--line);border-radius:20px}
h1{margin:0 0 20px;font-size:1.4rem;line-height:1.3;text-wrap:balance;overflow-wrap:anywhere}
main>:last-child{margin-bottom:0}
p{margin:0 0 20px;color:var(--soft)}
fieldset{border:0;margin:0 0 20px;padding:0;min-width:0}
legend{padding:0}
label{display:block;color:var(--soft);overflow-wrap:anywhere}
.choice{display:flex;color:inherit;align-items:center;gap:14px;box-sizing:border-box;min-height:52px;margin:0 0 8px;padding:8px 16px;border:1px solid var(--line);border-radius:12px;cursor:pointer}
.choice:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.choice+button{margin-top:20px}
input[type=radio],input[type=checkbox]{width:22px;height:22px;margin:0;flex:none;accent-color:var(--accent)}
textarea,input[type=email]{box-sizing:border-box;display:block;width:100%;min-height:52px;margin-top:6px;padding:12px;font:inherit;color:var(--ink);background:var(--back);border:1px solid var(--edge);border-radius:12px}
button,a{box-sizing:border-box;display:block;width:100%;min-height:52px;padding:12px 24px;font:inherit;font-weight:600;text-align:center;text-decoration:none;border:0;border-radius:12px;background:var(--accent);color:var(--on);cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
[role=alert]{padding-left:12px;border-left:4px solid;color:var(--bad);font-weight:600}
@media(forced-colors:active){button,a{border:1px solid}}`

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** HTML from a template: what is filled in is text, unless a template made it; lists of such stand one after another. */
export function html(parts, ...values) {
  return new Html(parts.reduce((text, part, index) => text + shown(values[index - 1]) + part))
}

class Html {
  constructor(text) {
    this.text = text
  }
}

function shown(value) {
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(shown).join('')
  return value === undefined || value === false ? '' : String(value).replace(/[&<>"']/g, (sign) => ENTITIES[sign])
}

/** A page. It tells nobody where its reader comes from, stands in no frame and no search, and is nobody's to keep. */
export function paper(status, { lang = 'en', title }, ...contents) {
  const nonce = crypto.randomUUID()
  const { text } = html`<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="icon" href="data:,"><style nonce="${nonce}">${new Html(STYLE)}</style></head><body><main>${contents}</main></body></html>`
  return new Response(text, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex',
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    },
  })
}

/** A page that says one thing, and perhaps another. */
export const message = (status, { lang }, title, more) => paper(status, { lang, title }, html`<h1>${title}</h1>${more && html`<p>${more}</p>`}`)

const OWN = {
  send: 'Send', hint: 'In your words, without names or addresses', thanks: 'Thank you.', again: 'That did not get through. Please try again.',
  talk: 'May we talk to you?', tick: 'Yes, you may write to me.', address: 'Your e-mail address',
  keep: 'We keep your address apart from your answer, for 30 days, and use it for nothing but to write to you about this.',
}

/** A survey's words and ours as its reader reads them, as far as somebody has written them, with the `lang` that they are in. */
export function wordsOf({ question, choices, rating, languages = {} }, request) {
  const tags = (request.headers.get('accept-language') ?? '').split(',').map((tag) => tag.split(';')[0].trim())
  const lang = tags.flatMap((tag) => [tag, tag.split('-')[0]]).find((tag) => Object.hasOwn(languages, tag))
  return { ...OWN, ...rating, question, choices, lang, ...languages[lang] }
}
