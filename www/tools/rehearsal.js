// The rehearsal with its wasm inside: what tools.js fetches for the first log.

import { opened } from './instance.js'
import { rehearsalOf } from './log.js'
import * as bindings from './rehearse.js'
import bytes from './rehearse-bytes.js'
import { unpacked } from './unpacked.js'

export const rehearse = rehearsalOf(opened(bindings, () => unpacked(bytes)))
