// `import { open } from 'pointsman'`, for browsers and servers.

import { openWith } from './open.js'
import { engine } from './wasm.js'

export { inlined } from './inlined.js'

/** Loaded when something could not be delivered. */
const unsent = async (...given) => (await import('./unsent.js')).unsentAt(...given)

export const open = (source, context, options) => openWith(engine, source, context, { unsent, ...options })
