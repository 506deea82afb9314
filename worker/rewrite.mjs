// Applies a plan to a page while it streams: edits by selector, decisions inlined for the browser, one script.

import { apply, movesOf, selectorOf, sorted, styleOf } from './changes.mjs'
import { goalsOf, measuresSpeed } from './goals.mjs'
import { headed } from './head.mjs'
import { dictionary } from './origin.mjs'
import { personal } from './personal.mjs'
import { PREFIX } from './prefix.mjs'
import { carrier } from './sdk/request.js'

const SCRIPT = `${PREFIX}p.js`
const PREVIEW = `${PREFIX}o`
const BEACON = `${PREFIX}e`

/** The response with the plan applied. It is this visitor's alone, so no cache may keep it. */
export function rewrite(response, env, visit) {
  const { streamed, styles, scripts, moves } = sorted(visit.edits)
  const data = inlined(visit, moves)
  const rewriter = () => rewriterOf(streamed, styles, scripts, data)
  const edited = streamed.length || styles.length || scripts.length ? rewriter().transform(response) : headed(response, data, rewriter)
  const { headers } = edited
  for (const name of ['content-length', 'etag', 'last-modified', 'accept-ranges']) headers.delete(name)
  personal(headers)
  headers.append('server-timing', `pm;desc="${visit.version}"`)
  if (visit.preview) headers.set('x-robots-tag', 'noindex')
  const told = env.SHOW_VARIANTS && dictionary(visit.all.filter((_, index) => visit.names.flag(index).client))
  if (told) headers.set('pointsman-variants', told)
  for (const cookie of visit.setCookies) headers.append('set-cookie', cookie)
  return edited
}

/**
 * What changes a page while it streams: edits, rules of style, code, and `data`, which stands before any script of the page. A
 * page without the tag of a head gets at its end what belongs there.
 */
export function rewriterOf(streamed, styles, scripts, data) {
  const style = styles.map(styleOf).join('')
  let missing = true
  const element = (head) => {
    if (!missing) return
    missing = false
    // Behind the page's own rules, which are as strong.
    if (style) head.append(style, { html: true })
    head.prepend(data, { html: true })
  }
  // What stands behind a page's end is the last of its body.
  const code = scripts.map((script) => `<script>${script}</script>`).join('')
  const end = (end) => {
    end.append((missing ? style + data : '') + code, { html: true })
  }
  return streaming(streamed).on('head', { element }).onDocument({ end })
}

/** A rewriter that makes these edits while a page streams. */
function streaming(edits) {
  const rewriter = new HTMLRewriter()
  // What a template keeps for later, and what is there for browsers without script, no selector finds in a document.
  let apart = 0
  if (edits.length) rewriter.on('template, noscript', { element: (element) => (apart++, element.onEndTag(() => apart--)) })
  for (const edit of edits) rewriter.on(selectorOf(edit), { element: (element) => apart || apply(element, edit.change) })
  return rewriter
}

/** Whether a response is a page that the rewriter can read. It unpacks these codings and takes others for text. */
export function isEditable({ status, headers }) {
  const [type, coding] = [headers.get('content-type') ?? '', headers.get('content-encoding') ?? '']
  return status === 200 && /^text\/html\b/i.test(type) && /^(gzip|br|identity|)$/i.test(coding.trim())
}

/** Decisions for the browser, and never rules: values of client-visible flags, and the tokens of their runs and this page's. */
function inlined(visit, moves) {
  const { all, names, version, reserved, exposures, offers, preview, url } = visit
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
  const { privacy, dimensions } = names.edge
  const goals = goalsOf(names, url)
  const data = {
    v: 1, config: version, ...(!reserved && { beacon: BEACON }), flags, exposures: exposures.map(({ flag }) => flag),
    // Whoever knows nothing of consent knows nowhere to send to.
    ...(privacy && { privacy: { ...privacy, ...(reserved === 'wait' && { beacon: BEACON }) } }),
    ...(dimensions.length && { dimensions }),
    // Only a whole page has the place where an element goes.
    ...(moves.length && { moves: movesOf(moves) }),
    ...((goals.length || measuresSpeed(names)) && { more: `${PREFIX}g.js`, goals }),
    ...(surveys.length && { voices: `${PREFIX}v`, surveys }),
    ...(preview && { preview: { url: PREVIEW, ...preview } }),
  }
  const scripts = preview ? [SCRIPT, `${PREVIEW}.js`] : [SCRIPT]
  return carrier(data) + scripts.map((script) => `<script type="module" async src="${script}"></script>`).join('')
}
