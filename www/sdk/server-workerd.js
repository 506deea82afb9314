// `import { serve } from 'pointsman/server'` in workerd.

import { engine } from './module.js'
import { servedBy } from './serve.js'

export const serve = (source, options) => servedBy(engine, source, options)
