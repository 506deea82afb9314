// The engine of workerd: the evaluator is compiled when the Worker is deployed.

import module from './evaluator.wasm'
import { engineOf } from './engine.js'

export const engine = engineOf(() => new WebAssembly.Instance(module).exports)
