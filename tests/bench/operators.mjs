// What each operation costs in the evaluator: the core is built once with all of them and once without each, in a copy.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../../build/setup.mjs'

const copy = join(root, 'target/operators')
/** Where operations are carried out: each in an arm of its own. */
const PLACES = ['src/evaluate.rs', 'src/condition/mod.rs']
const FEATURES = ['bulk-memory', 'sign-ext', 'nontrapping-float-to-int', 'mutable-globals', 'reference-types', 'multivalue']
const EXPORTS = /^(memory|(reserve|verify|evaluate|plan)(_[\da-f]+)?)$/

/** `{all, each}`: the size of the evaluator in bytes after gzip, and how many of them go with each operation. */
export function operators(say) {
  mkdirSync(copy, { recursive: true })
  for (const part of ['Cargo.toml', 'Cargo.lock', 'src', 'www', 'build', 'worker', 'tests/native']) {
    cpSync(join(root, part), join(copy, part), { recursive: true })
  }
  say('the evaluator with every operation')
  const all = size()
  const names = readFileSync(join(root, 'src/snapshot/instruction.rs'), 'utf8').matchAll(/ \d+ => Self::(\w+),/g)
  const each = [...names].map(([, name]) => name).filter((name) => name !== 'Serve' && name !== 'Split').map((name) => {
    say(`the evaluator without ${name}`)
    const changed = PLACES.filter((file) => {
      const source = readFileSync(join(root, file), 'utf8')
      // An arm goes on to the next one of its depth.
      const less = source.replace(new RegExp(`^( +)Operation::${name} => [^]*?\\n(?=\\1(Operation::|// ))`, 'm'), `$1Operation::${name} => false,\n`)
      writeFileSync(join(copy, file), less)
      return less !== source
    })
    if (changed.length !== 1) throw new Error(`${name} is carried out in ${changed.length} places`)
    return [name, all - size()]
  })
  return { all, each: Object.fromEntries(each) }
}

/** The bytes of the evaluator in the copy as it stands. */
function size() {
  run('cargo', ['build', '--quiet', '--locked', '--target', 'wasm32-unknown-unknown', '-p', 'pointsman-evaluator', '--profile', 'evaluator'], {
    CARGO_TARGET_DIR: join(copy, 'target'), RUSTFLAGS: '-Awarnings',
  })
  const built = join(copy, 'target/wasm32-unknown-unknown/evaluator/pointsman_evaluator.wasm')
  const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(built))).map(({ name }) => name)
  const kept = names.filter((name) => EXPORTS.test(name))
  const [graph, bare, out] = ['graph.json', 'bare.wasm', 'out.wasm'].map((name) => join(copy, name))
  writeFileSync(graph, JSON.stringify([{ name: 'shim', root: true, reaches: kept }, ...kept.map((name) => ({ name, export: name }))]))
  const features = FEATURES.map((feature) => `--enable-${feature}`)
  run(join(root, 'node_modules/.bin/wasm-metadce'), [...features, built, '-f', graph, '-o', bare])
  run(join(root, 'node_modules/.bin/wasm-opt'), [...features, '-O3', '--strip-debug', '--strip-producers', '--strip-target-features', bare, '-o', out])
  return gzipSync(withoutNotes(readFileSync(out)), { level: 9 }).length
}

/** The module without custom sections: those of the binding tool are not shipped. */
function withoutNotes(wasm) {
  const parts = [wasm.subarray(0, 8)]
  for (let at = 8; at < wasm.length;) {
    let [length, next, shift] = [0, at + 1, 0]
    do {
      length |= (wasm[next] & 127) << shift
      shift += 7
    } while (wasm[next++] & 128)
    if (wasm[at]) parts.push(wasm.subarray(at, next + length))
    at = next + length
  }
  return Buffer.concat(parts)
}

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { cwd: copy, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`)
}
