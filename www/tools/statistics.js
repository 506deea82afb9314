// The statistics with their wasm inside: what tools.js fetches for the first question about numbers.

import { opened } from './instance.js'
import { statisticsOf } from './numbers.js'
import * as bindings from './stats.js'
import bytes from './stats-bytes.js'
import { unpacked } from './unpacked.js'

export const { detectable, harm, read, sampleRatio, size, statistics } = statisticsOf(opened(bindings, () => unpacked(bytes)))
