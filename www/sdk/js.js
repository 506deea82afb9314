// `import { open } from 'pointsman/js'`: the same where wasm is refused, at once and without trying it.

import { engineOf } from './engine.js'
import { instance } from './evaluator-js.js'
import { openWith } from './open.js'

export { inlined } from './inlined.js'

const engine = engineOf(instance)

/** Loaded when something could not be delivered. */
const unsent = async (...given) => (await import('./unsent.js')).unsentAt(...given)

export const open = (source, context, options) => openWith(engine, source, context, { unsent, ...options })
