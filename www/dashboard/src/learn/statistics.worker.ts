// The statistics of the engine, the same Rust, in a thread of their own: what is asked takes no frame of the page. The
// answer that brings this file is the console's only one that allows wasm (worker/assets.mjs).

import { ask, default as open } from '../../../../dist/wasm/tools/stats.js'
import file from '../../../../dist/wasm/tools/stats.wasm?url'
import { peeking, segments } from './simulate'
import type { Ask } from './simulate'

const ready = fetch(file).then((response) => response.arrayBuffer()).then((bytes) => open({ module_or_path: bytes }))
const asked: Ask = (question) => JSON.parse(ask(JSON.stringify(question)))

const SIMULATIONS = { peeking, segments }

/** `{id, ask}` is a question to the statistics, `{id, simulate, seed}` one of the simulations, which tells how far it is. */
onmessage = async ({ data }: MessageEvent<Asked>) => {
  try {
    await ready
    const value = 'ask' in data
      ? asked(data.ask)
      : SIMULATIONS[data.simulate](asked, data.seed, (so) => postMessage({ id: data.id, so }))
    postMessage({ id: data.id, value })
  } catch (error) {
    postMessage({ id: data.id, failed: String(error) })
  }
}

export type Asked = { id: number } & ({ ask: object } | { simulate: keyof typeof SIMULATIONS; seed: number })
