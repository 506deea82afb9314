// `pointsman/tools` in workerd, which compiles no wasm at run time: the files are modules there.

import * as compile_ from './compile.js'
import compileModule from './compile.wasm'
import { compilerOf } from './document.js'
import { opened } from './instance.js'
import { rehearsalOf } from './log.js'
import { statisticsOf } from './numbers.js'
import * as rehearse_ from './rehearse.js'
import rehearseModule from './rehearse.wasm'
import * as stats from './stats.js'
import statsModule from './stats.wasm'

export const { check, compile, diff, explain, lint, prune, types } =
  compilerOf(opened(compile_, () => compileModule))
export const rehearse = rehearsalOf(opened(rehearse_, () => rehearseModule))
export const { detectable, harm, read, sampleRatio, size, statistics } = statisticsOf(opened(stats, () => statsModule))
