// What a request tells about its visitor: the evaluation context, and whether a person is likely to be behind it.

import { declared } from './sdk/declared.js'
import { attributesOf, cookiesIn, deviceOf, hasAgreed } from './sdk/request.js'

/** The names of machines, kind by kind (machines.mjs). */
export const MACHINE = /(bot|crawl|spider|slurp)|(preview)|(monitor|uptime|pingdom|lighthouse)|(headless)|(curl|wget|python|http-client|node-fetch)|(^$)/i

/** Whether a user agent calls itself a machine. */
export const isBot = (userAgent) => MACHINE.test(userAgent ?? '')

/**
 * The family of a browser, by the engine that its user agent or its brands (`Sec-CH-UA`) name: what breaks in one browser of
 * an engine breaks in the others. So all browsers of iOS are `Safari`, whatever their makers call them (CriOS, FxiOS, EdgiOS),
 * and Opera, Samsung's and Android's web views are `Chrome`. The order matters: Chrome says that it is like Safari, and Edge
 * that it is like both.
 */
export const browserOf = (header) => named(FAMILIES, header('sec-ch-ua'), header('user-agent'))

const FAMILIES = [
  ['Edge', /\bEdg(e|A)?\/|"Microsoft Edge"/], ['Firefox', /\bFirefox\//], ['Chrome', /\bChrom(e|ium)\/|"Chromium"/], ['Safari', /\bAppleWebKit\//],
]

/** The system that a hint or a user agent names. Android says that it is Linux, and iPads that they are Macs. */
export const systemOf = (header) => named(SYSTEMS, header('sec-ch-ua-platform'), header('user-agent'))

const SYSTEMS = [
  ['iOS', /\b(iPhone|iPad|iPod|iOS)\b/], ['Android', /\bAndroid\b/], ['Windows', /\bWindows\b/], ['ChromeOS', /\bCrOS\b|"Chrom(e|ium) OS"/],
  ['macOS', /\bMacintosh\b|"macOS"/], ['Linux', /\bLinux\b/],
]

/** The first kind that one of these texts names. */
const named = (kinds, ...texts) => kinds.find(([, token]) => token.test(texts.join(' ')))?.[0] ?? 'Other'

/** What is counted of a visitor beside what they do. The user agent itself is kept nowhere. */
export function traitsOf(request) {
  const header = (name) => request.headers.get(name)
  return { browser: browserOf(header), device: deviceOf(header), country: request.cf?.country ?? '' }
}

/** Whether the browser fetches a page ahead of time, for nobody yet. */
export const isAhead = (headers) => /prefetch|prerender/.test(headers.get('sec-purpose') ?? headers.get('purpose') ?? '')

/** Whether this is the request for a page, not for a part of one. */
export const isPage = (request) =>
  request.method === 'GET' && !request.headers.has('upgrade') && /text\/html/.test(request.headers.get('accept') ?? '') &&
  /^(document|iframe|)$/.test(request.headers.get('sec-fetch-dest') ?? '')

/** Whether what is asked for may be a page all the same: scripts and monitors ask for those, too. */
export const mayBePage = ({ headers }) => /^(document|iframe|empty|)$/.test(headers.get('sec-fetch-dest') ?? '')

/**
 * The attributes that rules can ask for (docs/language.md), and how each is read. Where a visitor is comes from the platform,
 * never from a header that a client could send.
 */
const READERS = {
  host: ({ url }) => url.hostname,
  query: ({ url }) => firstOfEach(url.searchParams),
  referrer: ({ header }) => URL.parse(header('referer') ?? '')?.hostname,
  browser: ({ header }) => browserOf(header),
  os: ({ header }) => systemOf(header),
  country: ({ cf }) => cf?.country,
  region: ({ cf }) => cf?.regionCode ?? cf?.region,
  city: ({ cf }) => cf?.city,
  timezone: ({ cf }) => cf?.timezone,
  visitor: ({ known }) => (known ? 'returning' : 'new'),
  cookies: ({ header }) => cookiesOf(header('cookie')),
  consent: ({ header }) => hasAgreed(header('cookie')),
  ip: ({ header, addressHeader }) => (addressHeader && header(addressHeader)) || undefined,
}
/** Those that servers read by the same rules. */
const SHARED = ['path', 'language', 'device']

/** What a snapshot's rules ask for, by its attributes: nothing else is worked out. */
const wanted = new WeakMap()

function wantedOf(attributes) {
  if (!wanted.has(attributes)) {
    const roots = new Set(attributes.map((name) => (name[0] === '/' ? name.split('/')[1] : name)))
    const own = Object.keys(READERS).filter((name) => roots.has(name))
    wanted.set(attributes, { own, shared: SHARED.some((name) => roots.has(name)), met: roots.has('sticky') })
  }
  return wanted.get(attributes)
}

/** Whether rules ask what a visitor has met before (kept.mjs). */
export const asksWhatWasMet = (attributes) => wantedOf(attributes).met

/**
 * The context of a request for a snapshot's attributes.
 *
 * @param known whether the visitor came with a unit of ours
 */
export function contextOf(attributes, request, url, unit, known, addressHeader) {
  const { shared, own } = wantedOf(attributes)
  const header = (name) => request.headers.get(name)
  const context = { unit, ...(shared && attributesOf(url.pathname, header)) }
  const from = { url, header, known, addressHeader, cf: own.length ? request.cf : undefined }
  for (const name of own) context[name] = READERS[name](from)
  return context
}

/** What tells of a page, and not of a visitor: known when the page itself is asked for. */
const OF_PAGE = ['path', 'host', 'query', 'referrer']

/**
 * The visitor's values of the dimensions that a document declares, as far as a request tells them: `{plan: 'pro'}`, or nothing
 * where none are declared. A page's own request says whether its visitor `isNew`; any other one says nothing of a page.
 */
export function groupsOf({ edge: { dimensions } }, request, { IP_HEADER }, isNew) {
  if (!dimensions.length) return undefined
  const ofPage = isNew !== undefined
  const roots = dimensions.map(([, [root]]) => root).filter((root) => ofPage || !OF_PAGE.includes(root))
  const context = contextOf(roots, request, new URL(request.url), undefined, isNew === false, IP_HEADER)
  return declared(dimensions, ofPage ? context : { ...context, path: undefined, visitor: undefined })
}

/** Parameters by name; where one stands twice the first counts, as servers mostly have it. */
function firstOfEach(parameters) {
  const found = Object.create(null)
  for (const [name, value] of parameters) found[name] ??= value
  return found
}

/** The site's own cookies by name. Ours say who somebody is, and no rule may ask that. */
function cookiesOf(header) {
  const found = Object.create(null)
  for (const [name, value] of cookiesIn(header)) {
    if (!/^(__(Host|Secure)-)?pm[dpr]?$/.test(name)) found[name] ??= value
  }
  return found
}
