// The origin's answer. It learns the variants; what a client says of them never gets there. A page may come from another
// path of the origin or from another upstream, and where that fails it comes from where it always came from.

const VARIANTS = 'pointsman-variants'
const UNDERSCORED = 'pointsman_variants'
/** Half of what the strictest of the common servers takes for all headers together. */
const HEADER_BYTES = 4096
/** Milliseconds after which another upstream has had its chance. */
const PATIENCE = 5000
/** What is said of an upstream that cannot be reached. */
const UNREACHED = 502

/**
 * The answer to a request, whether it came from where this visit's variants have it come from (`taken`), and what the place
 * that they asked first has answered (`status`).
 */
export async function answerOf(request, env, visit, context) {
  const { rewrite, route } = visit ?? {}
  let status
  if (rewrite || route) {
    const response = await timely(elsewhere(request, env, visit, context), route ? PATIENCE : undefined)
    status = response?.status ?? UNREACHED
    if (response?.ok || (response && status < 500 && !rewrite)) return { response, taken: true, status }
    await response?.body?.cancel()
  }
  const sharing = env.VARIANT_CACHE && context
  const response = await ask(request, visit, env.ORIGIN_URL ? new URL(request.url) : undefined, env.ORIGIN, env.ORIGIN_URL, sharing)
    ?? new Response(null, { status: UNREACHED, headers: { 'server-timing': 'pm;desc=origin' } })
  return { response, taken: false, status: status ?? response.status }
}

/** The answer for a page that comes from elsewhere, or nothing. */
function elsewhere(request, env, { rewrite, route, ...visit }, context) {
  const url = new URL(request.url)
  if (rewrite) {
    const { pathname, search } = new URL(rewrite, url)
    url.pathname = pathname
    url.search = joined(search, url.search)
  }
  const upstream = route && env[`UPSTREAM_${route.toUpperCase().replaceAll('-', '_')}`]
  if (route && !upstream) return undefined
  const [service, address] = upstream ? (typeof upstream === 'string' ? [undefined, upstream] : [upstream]) : [env.ORIGIN, env.ORIGIN_URL]
  return ask(request, visit, url, service, address, !route && env.VARIANT_CACHE && context)
}

/** A promise's value, or nothing if it takes longer than that. */
export function timely(promise, patience) {
  if (!patience) return promise
  let timer
  const late = new Promise((resolve) => (timer = setTimeout(resolve, patience)))
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** A query of our own before a visitor's, of which what ours says already is left out. Both keep their spelling. */
export function joined(own, theirs) {
  const named = new URLSearchParams(own)
  const pairs = theirs.slice(1).split('&').filter((pair) => pair && ![...new URLSearchParams(pair).keys()].some((name) => named.has(name)))
  return [own.slice(1), ...pairs].filter(Boolean).join('&')
}

/**
 * What an upstream answers, or nothing if it cannot be reached. `url` is there where it is another than the visitor's, and
 * `sharing` is the request's context where visitors may share pages.
 */
async function ask(request, visit, url, service, address, sharing) {
  const page = sharing && visit && (url ?? visit.url).href
  if (address) {
    const site = new URL(address)
    url.protocol = site.protocol
    url.host = site.host
  }
  const headers = new Headers(request.headers)
  // Some origins take an underscore for a hyphen.
  headers.delete(UNDERSCORED)
  const variants = visit && dictionary(visit.all)
  if (variants) headers.set(VARIANTS, variants)
  else headers.delete(VARIANTS)
  if (visit?.rewrites) {
    // What the browser has in its cache is another visitor's page, or this one's before the test.
    headers.delete('if-none-match')
    headers.delete('if-modified-since')
    // Only codings that the visitor accepts and that can be edited.
    const codings = (headers.get('accept-encoding') ?? '').split(',').filter((coding) => /^\s*(gzip|br)\b/i.test(coding))
    headers.set('accept-encoding', codings.join(',').trim() || 'identity')
  }
  try {
    // Of a page the address and the headers are all; a request's copy copies what the platform knows, too, which takes long.
    const asked = url ? new Request(url, request) : visit?.edits ? request.url : request
    const own = { headers, redirect: 'manual' }
    const get = () => (service ? service.fetch(asked, own) : fetch(asked, own))
    const response = await (page ? common(request, visit, page, headers, sharing, get) : get())
    return address ? keptHere(response, url, request.url) : response
  } catch {
    return undefined
  }
}

/** The same, of what visitors share where they may. Only who has such a cache loads what that takes. */
async function common(request, visit, address, headers, context, get) {
  const { mayShare, shared } = await import('./shared.mjs')
  return mayShare(request, visit) ? shared(request, { address, headers, context, rewrites: visit.rewrites }, get) : get()
}

/** An RFC 9651 dictionary of variants; keys and tokens are plain by the rules for names. Servers refuse long headers, so
 * one that would be too long names the flags under test alone, and one that still is stays away. */
export function dictionary(decisions) {
  let [all, tested] = ['', '']
  for (const { flag, variant, run } of decisions) {
    if (variant === undefined) continue
    const one = `${flag}=${variant}`
    all = all ? `${all}, ${one}` : one
    if (run) tested = tested ? `${tested}, ${one}` : one
  }
  return all.length <= HEADER_BYTES ? all : tested.length <= HEADER_BYTES ? tested : undefined
}

/** An origin behind another name sends visitors to that name; here they stay with the edge. */
function keptHere(response, origin, here) {
  const location = response.headers.get('location')
  const target = location && URL.parse(location, origin)
  if (!target || target.origin !== origin.origin || !URL.canParse(location)) return response
  const headers = new Headers(response.headers)
  headers.set('location', new URL(here).origin + target.pathname + target.search + target.hash)
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}
