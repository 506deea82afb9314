// `import { open } from 'pointsman'`: the evaluator's bytes come with the module, so nothing is awaited.

import bytes from './evaluator-bytes.js'
import { Evaluator, instances } from './instance.js'
import { openWith } from './open.js'

let evaluator

/** Opens inlined decisions, or a snapshot together with a context. See `openWith`. */
export const open = (source, context, options) =>
  openWith(() => (evaluator ??= new Evaluator(instances(new WebAssembly.Module(bytes())))), source, context, options)
