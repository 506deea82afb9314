// What can be asked of a document and a log of contexts. It has a wasm file of its own: only a command line has logs.

import { lines } from './lines.js'

/** The question. `ask` brings the wasm's bindings. */
export const rehearsalOf = (ask) => async function rehearse(document, log, { now = Date.now() } = {}) {
  const rehearsal = await ask((wasm) => new wasm.Rehearsal(document, now))
  try {
    const refused = await ask(() => rehearsal.problems())
    if (refused.problems.length > 0) return refused
    for await (const whole of lines(log)) await ask(() => rehearsal.add(whole))
    return await ask(() => rehearsal.report())
  } finally {
    rehearsal.free()
  }
}
