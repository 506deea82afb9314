// `import { open } from 'pointsman'` in workerd, which compiles no wasm at run time: it is a module there.

import { engine } from './module.js'
import { openWith } from './open.js'

export { inlined } from './inlined.js'

export const open = (source, context, options) => openWith(engine, source, context, options)
