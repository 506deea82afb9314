// The decision tokens of a visit: those that the visitor carries in a cookie, and new ones.

import { cookieName, readCookies } from './cookies.mjs'
import { signDecision, verifyDecision } from './identity.mjs'
import { FORCED, PREVIEWED } from './preview.mjs'

/** Tokens that a visitor carries: about 90 bytes each, in a cookie of at most 4,096. */
const MOST = 40
/** A bit of a token's `flags`, beside those of previews: somebody who works here. */
const INTERNAL = 4

/**
 * The tokens of a visit. `of(index, again)` is the exposure of a flag, with `known` where the visitor carries its token, which
 * runs in `again` do not count for; `with(exposures)` is the cookie that carries these, too.
 */
export async function tokensOf(around, { all, names, version, unit, preview, reserved, time }) {
  const { env, place } = around
  // What a preview shows is no repetition of anything that was decided before.
  const earlier = preview || !names.runs.length ? new Map() : await earlierOf(around, unit)
  const marks = preview ? PREVIEWED : reserved === 'internal' ? INTERNAL : 0
  return {
    of(index, again = []) {
      const { flag, variant, run, forced } = all[index]
      const known = earlier.get(run.id)
      if (known && known.variant === variant && known.epoch === run.epoch && known.flags === marks) {
        return { ...known, flag, known: !again.includes(run.id) }
      }
      const fields = { run: run.id, epoch: run.epoch, variant, config: version, time, flags: marks + (forced ? FORCED : 0) }
      return signDecision(env, place, unit, fields).then((token) => ({ ...fields, flag, token }))
    },
    with(exposures) {
      const tokens = new Map([...earlier].map(([run, { token }]) => [run, token]))
      for (const { run, token } of exposures) tokens.set(run, token)
      return [...tokens.values()].slice(-MOST).join('~')
    },
  }
}

/** What was decided for this unit before, by run. */
export async function earlierOf({ env, place, cookies, secure }, unit) {
  const found = new Map()
  for (const cookie of unit ? readCookies(cookies, cookieName('pmd', secure)) : []) {
    for (const token of cookie.split('~').slice(0, MOST)) {
      const decision = await verifyDecision(env, place, unit, token)
      if (decision) found.set(decision.run, { ...decision, token })
    }
  }
  return found
}
