// `import { serve } from 'pointsman/server'`, for servers.

import { servedBy } from './serve.js'
import { engine } from './wasm.js'

export const serve = (source, options) => servedBy(engine, source, options)
