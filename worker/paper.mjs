// Small pages of our own for people who are asked something outside a site's pages: HTML without a script, which any browser,
// screen reader and language gets along with. Whatever is in them is escaped here.

const STYLE = `:root{color-scheme:light dark;font:18px/1.5 system-ui,sans-serif}
body{margin:0;display:grid;place-items:center;min-height:100vh}
main{box-sizing:border-box;width:min(100%,34rem);padding:24px}
h1{margin:0 0 16px;font-size:1.35rem;line-height:1.3;overflow-wrap:anywhere}
fieldset{border:0;margin:0 0 16px;padding:0}
legend{padding:0}
label{display:block;min-height:44px}
.choice{display:flex;align-items:center;gap:12px}
input[type=radio],input[type=checkbox]{width:22px;height:22px;margin:0;flex:none}
textarea,input[type=email]{box-sizing:border-box;width:100%;padding:10px;font:inherit;border:1px solid #777;border-radius:8px}
button{font:inherit;min-height:48px;padding:8px 24px;border:1px solid;border-radius:8px;background:CanvasText;color:Canvas;cursor:pointer}
:focus-visible{outline:3px solid Highlight;outline-offset:2px}
[role=alert]{font-weight:600}`

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
  keep: 'We keep it apart from your answer, for 30 days, and use it for nothing but to write to you about this.',
}

/** A survey's words and ours as its reader reads them, as far as somebody has written them, with the `lang` that they are in. */
export function wordsOf({ question, choices, rating, languages = {} }, request) {
  const tags = (request.headers.get('accept-language') ?? '').split(',').map((tag) => tag.split(';')[0].trim())
  const lang = tags.flatMap((tag) => [tag, tag.split('-')[0]]).find((tag) => Object.hasOwn(languages, tag))
  return { ...OWN, ...rating, question, choices, lang, ...languages[lang] }
}
