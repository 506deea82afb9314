// Whom a site leaves out of all counting: who has not agreed yet, and whose browser asks for it (docs/document.md).

import { hasAgreed } from './sdk/request.js'

/**
 * What a place's policy asks for this request: `out` where the visitor is nobody to us, `wait` where nothing of them is
 * counted before they agree, and nothing where they count.
 */
export function reserve(policy, headers) {
  const { consent, gpc, dnt } = policy ?? {}
  if ((gpc && headers.get('sec-gpc') === '1') || (dnt && headers.get('dnt') === '1')) return 'out'
  if (!consent || hasAgreed(headers.get('cookie'))) return undefined
  return consent === 'first' ? 'out' : 'wait'
}
