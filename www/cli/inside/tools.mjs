// The language tools: the core as WebAssembly, from dist/.

import { readFileSync } from 'node:fs'
import { Complaint } from './complaint.mjs'

const dist = new URL('../../../dist/wasm/tools/', import.meta.url)

async function load() {
  try {
    const tools = await import(new URL('compile.js', dist))
    tools.initSync({ module: readFileSync(new URL('compile.wasm', dist)) })
    return tools
  } catch (error) {
    if (!['ENOENT', 'ERR_MODULE_NOT_FOUND'].includes(error.code)) throw error
    throw new Complaint('dist/wasm/tools', 'The tools have not been built.', 'npm run build makes them.')
  }
}

export const tools = await load()
