// Applies a plan to a page while it streams: edits by selector, decisions inlined for the browser, one script.

import { sorted } from './changes.mjs'
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
  const edits = sorted(visit.edits)
  const data = inlined(visit, edits)
  const etag = response.headers.get('etag')
  const rewriter = () => rewriterOf(edits, data, etag && visit.source === undefined ? `${visit.url.href} ${etag}` : undefined)
  const edited = edits.streamed.length || edits.style || edits.code ? rewriter().transform(response) : headed(response, data, rewriter)
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

/** Pages that have the tag of a head, and how many are kept. The name is an address and what the origin calls what is there. */
const heads = new Set()
const HEADS = 1000

/**
 * What changes a page while it streams: edits, rules of style, code, and `data`, which stands before any script of the page. A
 * page without the tag of a head gets at its end what belongs there. To look at an end takes as long as an edit, so nobody does
 * where the page of this `name` is known to have a head.
 */
export function rewriterOf({ streamed, style, code }, data, name) {
  const known = heads.has(name)
  let missing = true
  const element = (head) => {
    if (!missing) return
    missing = false
    if (!known && name?.length <= LONGEST) {
      if (heads.size >= HEADS) heads.clear()
      heads.add(name)
    }
    // Behind the page's own rules, which are as strong.
    if (style) head.append(style, { html: true })
    head.prepend(data, { html: true })
  }
  // What stands behind a page's end is the last of its body.
  const end = (end) => {
    const last = (missing ? style + data : '') + code
    if (last) end.append(last, { html: true })
  }
  const rewriter = streaming(streamed).on('head', { element })
  return code || !known ? rewriter.onDocument({ end }) : rewriter
}

/** A rewriter that makes these edits while a page streams. */
function streaming(edits) {
  const rewriter = new HTMLRewriter()
  // What a template keeps for later no selector finds in a document; what a noscript has is text to the rewriter.
  let apart = 0
  if (edits.length) rewriter.on('template', { element: (element) => (apart++, element.onEndTag(() => apart--)) })
  // Whatever a handler gives back is asked whether it can be waited for.
  for (const { selector, make } of edits) rewriter.on(selector, { element: (element) => void (apart || make(element)) })
  return rewriter
}

/** Whether a response is a page that the rewriter can read. It unpacks these codings and takes others for text. */
export function isEditable({ status, headers }) {
  const [type, coding] = [headers.get('content-type') ?? '', headers.get('content-encoding') ?? '']
  return status === 200 && /^text\/html\b/i.test(type) && /^(gzip|br|identity|)$/i.test(coding.trim())
}

/** Texts that are kept with a list of edits, and how long decisions and names may be that something is kept for. */
const [TEXTS, LONGEST] = [100, 512]

/** What the browser is told. Of visitors for whom the same was decided only the tokens differ, and nobody else's are kept. */
function inlined(visit, { moves, texts }) {
  const { names, url, preview, reserved, exposures, offers, planned: { bytes } } = visit
  const proven = [...exposures, ...offers]
  const goals = goalsOf(names, url)
  if (preview || goals.length || bytes.length > LONGEST) return written(visit, proven, moves, goals)
  let key = `${String.fromCharCode(...bytes)}${reserved} ${exposures.length}`
  for (const { run } of proven) key += ` ${run}`
  let parts = texts.get(key)
  if (!parts) {
    const tokens = proven.map(({ token }) => token)
    const holes = tokens.length ? new RegExp(`(${tokens.join('|')})`) : undefined
    parts = written(visit, proven, moves, goals).split(holes).map((part) => (tokens.includes(part) ? tokens.indexOf(part) : part))
    if (texts.size >= TEXTS) texts.clear()
    texts.set(key, parts)
  }
  let text = ''
  for (const part of parts) text += typeof part === 'number' ? proven[part].token : part
  return text
}

/** Decisions for the browser, and never rules: values of client-visible flags, and the tokens of their runs and this page's. */
function written({ all, names, version, reserved, exposures, preview }, proven, moves, goals) {
  const tokens = new Map(proven.map(({ run, token }) => [run, token]))
  const flags = {}
  all.forEach(({ flag, value, variant, reason, error, run }, index) => {
    const { client } = names.flag(index)
    const proven = run && tokens.has(run.id)
    if (client || proven) {
      flags[flag] = { ...(client && { value }), variant, reason, error, ...(proven && { run: run.id, token: tokens.get(run.id) }) }
    }
  })
  // Only whoever meets a variant on this page is asked about it here, and an application knows by itself who has met its own.
  const surveys = names.edge.surveys
    .filter(({ run, when }) => {
      const met = (when?.own ? proven : exposures).find((one) => one.run === run)
      return met && (when?.variants?.includes(met.variant) ?? true)
    })
    .map(({ run, talk: _, contact: __, ...survey }) => ({ ...survey, token: tokens.get(run) }))
  const { privacy, dimensions } = names.edge
  const data = {
    v: 1, config: version, ...(!reserved && { beacon: BEACON }), flags, exposures: exposures.map(({ flag }) => flag),
    // Whoever knows nothing of consent knows nowhere to send to.
    ...(privacy && { privacy: { ...privacy, ...(reserved === 'wait' && { beacon: BEACON }) } }),
    ...(dimensions.length && { dimensions }),
    // Only a whole page has the place where an element goes.
    ...(moves.length && { moves }),
    ...((goals.length || measuresSpeed(names)) && { more: `${PREFIX}g.js`, goals }),
    ...(surveys.length && { voices: `${PREFIX}v`, surveys }),
    ...(preview && { preview: { url: PREVIEW, ...preview } }),
  }
  const scripts = preview ? [SCRIPT, `${PREVIEW}.js`] : [SCRIPT]
  return carrier(data) + scripts.map((script) => `<script type="module" async src="${script}"></script>`).join('')
}
