// `import { open } from 'pointsman'`, for browsers and servers.

import { openWith } from './open.js'
import { engine } from './wasm.js'

export { inlined } from './inlined.js'

export const open = (source, context, options) => openWith(engine, source, context, options)
