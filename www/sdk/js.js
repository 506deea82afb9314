// `import { open } from 'pointsman/js'`: the same where wasm is refused, at once and without trying it.

import { engineOf } from './engine.js'
import { instance } from './evaluator-js.js'
import { openWith } from './open.js'

export { inlined } from './inlined.js'

const engine = engineOf(instance)

export const open = (source, context, options) => openWith(engine, source, context, options)
