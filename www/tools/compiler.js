// The compiler with its wasm inside: what tools.js fetches for the first question about a document.

import * as bindings from './compile.js'
import bytes from './compile-bytes.js'
import { compilerOf } from './document.js'
import { opened } from './instance.js'
import { unpacked } from './unpacked.js'

export const { check, compile, diff, explain, lint, prune, types } =
  compilerOf(opened(bindings, () => unpacked(bytes)))
