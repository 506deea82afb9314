// Applies a plan to a page while it streams: edits by selector, decisions inlined for the browser, one script.

import { PREFIX } from './prefix.mjs'
import { carrier } from './sdk/request.js'

const SCRIPT = `${PREFIX}p.js`
const PREVIEW = `${PREFIX}o`
const BEACON = `${PREFIX}e`

/** The response with the plan applied. It is this visitor's alone, so no cache may keep it. */
export function rewrite(response, visit) {
  const rewriter = new HTMLRewriter()
  for (const { select, change } of visit.edits) rewriter.on(select, { element: (element) => apply(element, change) })
  // Prepended, so that the decisions are there before any script of the page; a page without a head gets them last.
  let placed = false
  const place = (put) => {
    if (placed) return
    placed = true
    put(inlined(visit), { html: true })
  }
  rewriter.on('head', { element: (head) => place(head.prepend.bind(head)) })
  rewriter.onDocument({ end: (end) => place(end.append.bind(end)) })
  const headers = new Headers(response.headers)
  for (const name of ['content-length', 'etag', 'last-modified', 'accept-ranges']) headers.delete(name)
  headers.set('cache-control', 'private, no-store')
  headers.append('server-timing', `pm;desc="${visit.version}"`)
  for (const cookie of visit.setCookies) headers.append('set-cookie', cookie)
  return rewriter.transform(new Response(response.body, { status: response.status, statusText: response.statusText, headers }))
}

/** Elements that run, load or redirect by what stands in them. Edits change words and looks, never behaviour. */
const ACTIVE = new Set(['script', 'style', 'base', 'meta', 'link', 'iframe', 'frame', 'object', 'embed', 'template', 'noscript'])

function apply(element, change) {
  if (ACTIVE.has(element.tagName.toLowerCase())) return
  if ('text' in change) element.setInnerContent(referenced(change.text), { html: true })
  else if ('attribute' in change) element.setAttribute(change.attribute.name, referenced(change.attribute.value))
  else if (change.remove) element.remove()
}

/** Decisions for the browser, and never rules: values of client-visible flags, and the tokens of their runs and this page's. */
function inlined(visit) {
  const { all, names, version, reserved, exposures, offers, preview } = visit
  const tokens = new Map([...exposures, ...offers].map(({ run, token }) => [run, token]))
  const flags = {}
  all.forEach(({ flag, value, variant, reason, error, run }, index) => {
    const { client } = names.flag(index)
    const proven = run && tokens.has(run.id)
    if (client || proven) {
      flags[flag] = { ...(client && { value }), variant, reason, error, ...(proven && { run: run.id, token: tokens.get(run.id) }) }
    }
  })
  // Only whoever meets a variant on this page is asked about it here.
  const shown = new Set(exposures.map(({ run }) => run))
  const surveys = names.edge.surveys
    .filter(({ run }) => shown.has(run))
    .map(({ key, run, question, choices, comment }) => ({ key, question, choices, comment, token: tokens.get(run) }))
  const { privacy } = names.edge
  const data = {
    v: 1, config: version, ...(!reserved && { beacon: BEACON }), flags, exposures: exposures.map(({ flag }) => flag),
    // Whoever knows nothing of consent knows nowhere to send to.
    ...(privacy && { privacy: { ...privacy, ...(reserved === 'wait' && { beacon: BEACON }) } }),
    ...(surveys.length && { voices: `${PREFIX}v`, surveys }),
    ...(preview && { preview: previewed(visit) }),
  }
  const scripts = preview ? [SCRIPT, `${PREVIEW}.js`] : [SCRIPT]
  return carrier(data) + scripts.map((script) => `<script type="module" async src="${script}"></script>`).join('')
}

/** What a preview shows of every flag, be it for browsers or not: what was decided, why, and what else there is; no values. */
function previewed({ own, all, names, preview }) {
  const flags = own.map(({ flag, variant, reason, error, rule, run }, index) => ({
    flag, variant, reason, error, rule, run: run?.id, variants: names.flag(index).variants,
    ...(all[index].forced && { forced: all[index].variant }),
  }))
  return { url: PREVIEW, until: preview.until, flags }
}

/** Text by character references where it is not plain ASCII: the same words whatever encoding the page declares. */
const referenced = (text) => text.replace(/[&<>"]|[\xa0-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`)
