// What other services post to us: payments, subscriptions, tickets. The address says where in their JSON each thing
// lies, as JSON pointers, so that no service needs code of ours.

import { answer, parsed, posted } from './body.mjs'
import { take, told, unauthorised } from './backend.mjs'
import { asCurrency, asNumber, asText } from './foreign.mjs'
import { ledgerOf } from './ledgers.mjs'
import { pointed } from './pointed.mjs'
import { booked } from './receipts.mjs'
import { deliver } from './shards.mjs'

const BYTES = 262_144

/** Answers `POST <prefix>hook?unit=/...&name=order&value=/...`. */
export async function webhook(request, env, place, names) {
  const refused = await unauthorised(request, env, place)
  if (refused) return refused
  const ledger = ledgerOf(place, names)
  const { text, refusal, reason } = await posted(request, 'event', BYTES)
  if (refusal) return booked(env, ledger, reason, refusal)
  const body = parsed(text)
  if (body === undefined) return booked(env, ledger, 'malformed', answer(400, { error: 'This is no JSON.' }))
  const { searchParams: mapping } = new URL(request.url)
  const at = (field) => (mapping.get(field) ? pointed(body, mapping.get(field)) : undefined)
  // `only=/type:invoice.paid`: services post much that is nothing to us.
  const [, pointer, due] = /^([^:]*):(.*)$/.exec(mapping.get('only') ?? '') ?? []
  if (pointer && String(pointed(body, pointer)) !== due) {
    const { status, receipts, error, headers } = await deliver(env, ledger, [{ unit: '', events: [{ t: 'filtered', reason: 'unmapped' }] }])
    return told({ status, receipt: receipts?.[0], left: [], error, headers })
  }
  const amount = asNumber(at('value'))
  const sign = mapping.get('sign') === '-' ? -1 : 1
  const time = at('at')
  const all = {
    t: 'track', n: mapping.get('name') ?? asText(at('event')), unit: asText(at('unit')), id: asText(at('id')),
    // Payments come in minor units: `scale=2` makes 1999 out of them 19.99.
    v: amount === undefined ? undefined : (sign * amount) / 10 ** Number(mapping.get('scale') ?? 0),
    c: asCurrency(at('currency')),
    at: typeof time === 'number' && time < 1e11 ? time * 1000 : time,
  }
  const event = Object.fromEntries(Object.entries(all).filter(([, field]) => field !== undefined))
  return told(await take(env, place, names, [event]))
}
