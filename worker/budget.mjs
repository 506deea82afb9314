// How much of what nobody has signed one source may send: whoever makes up units gets no row, and is to cost no shard its
// time either. Sources are counted in the memory of an isolate and under keyed numbers, so no address is stored, and two
// that share a number share a budget.

/** Requests that a source may send at once, and that it gets back each second: whole offices share an address. */
const BURST = 500
const A_SECOND = 5
const SOURCES = 4096

const spent = new Float64Array(SOURCES)
const since = new Float64Array(SOURCES)
let key

/** Whether a source may send one more. */
export function affords(request, { IP_HEADER }) {
  const source = numberOf((IP_HEADER && request.headers.get(IP_HEADER)) || '')
  const time = Date.now()
  const left = Math.max(0, spent[source] - ((time - since[source]) / 1000) * A_SECOND)
  since[source] = time
  spent[source] = Math.min(BURST, left + 1)
  return left + 1 <= BURST
}

/** The number of an address; of IPv6 of its network, of which everybody has all addresses. */
function numberOf(address) {
  key ??= crypto.getRandomValues(new Uint32Array(1))[0]
  const text = address.includes(':') ? address.split(':', 4).join(':') : address
  let number = key
  for (let index = 0; index < text.length; index++) number = Math.imul(number ^ text.charCodeAt(index), 0x01000193)
  return (number >>> 16) % SOURCES
}
