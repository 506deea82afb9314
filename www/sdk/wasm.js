// The engine of browsers and servers: the evaluator's bytes come with the module, so nothing is awaited.

import bytes from './evaluator-bytes.js'
import { engineOf } from './engine.js'

let module

/** Compiled for the first snapshot. Whoever has decisions already never pays for it. */
const make = () => new WebAssembly.Instance((module ??= new WebAssembly.Module(bytes()))).exports

export const engine = engineOf(make, () => import('./evaluator-js.js'))
