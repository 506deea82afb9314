// What a request tells about its visitor: the evaluation context, and whether a person is likely to be behind it.

import { attributesOf } from './sdk/request.js'

const BOT = /bot|crawl|spider|slurp|preview|monitor|lighthouse|headless|curl|wget|python|http-client|node-fetch|^$/i

/** Whether a user agent calls itself a machine. */
export const isBot = (userAgent) => BOT.test(userAgent ?? '')

/**
 * The family of a browser, by the engine that its user agent names: what breaks in one browser of an engine breaks in
 * the others. So all browsers of iOS are `Safari`, whatever their makers call them (CriOS, FxiOS, EdgiOS), and Opera,
 * Samsung's and Android's web views are `Chrome`. The order matters: Chrome says that it is like Safari, and Edge that it
 * is like both.
 */
export const browserOf = (userAgent) => FAMILIES.find(([, token]) => token.test(userAgent ?? ''))?.[0] ?? 'Other'

const FAMILIES = [
  ['Edge', /\bEdg(e|A)?\//], ['Firefox', /\bFirefox\//], ['Chrome', /\bChrom(e|ium)\//], ['Safari', /\bAppleWebKit\//],
]

/** The kind of machine, by what its user agent says of itself. */
const deviceOf = (userAgent) =>
  /iPad|Tablet|Android(?!.*Mobile)/.test(userAgent) ? 'tablet' : /Mobi|iPhone|Android/.test(userAgent) ? 'phone' : 'desktop'

/** What is counted of a visitor beside what they do. The user agent itself is kept nowhere. */
export function traitsOf(request) {
  const agent = request.headers.get('user-agent') ?? ''
  return { browser: browserOf(agent), device: deviceOf(agent), country: request.cf?.country ?? '' }
}

/** Whether the browser fetches a page ahead of time, for nobody yet. */
export const isAhead = (headers) => /prefetch|prerender/.test(headers.get('sec-purpose') ?? headers.get('purpose') ?? '')

/** Whether this is the request for a page, not for a part of one. */
export const isPage = (request) =>
  request.method === 'GET' && /text\/html/.test(request.headers.get('accept') ?? '') &&
  /^(document|iframe|)$/.test(request.headers.get('sec-fetch-dest') ?? '')

/** The attributes that rules can ask for. */
export function contextOf(request, url, unit) {
  return { unit, ...attributesOf(url.pathname, (name) => request.headers.get(name)), country: request.cf?.country }
}
