// Makes everything that the product needs on a machine with Rust and Node alone, and says what it does. What is there
// already is not made again.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alone } from './alone.mjs'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

function run(command, args, purpose) {
  // Whoever reads what a command has to say on its standard output reads nothing of how it was made ready.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (error) throw new Error(`${command} is not there, and it is needed for ${purpose}: ${error.message}`)
  if (status !== 0) throw new Error(`${purpose} failed: ${command} ${args.join(' ')}`)
}

/** Packages of the lock file, installed when the lock file has changed. */
function packages() {
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex')
  const stamp = join(root, 'node_modules', '.pointsman-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.error('Installing the JavaScript tools (workerd, esbuild, binaryen, a browser for tests) ...')
  // Not `npm ci`: it would begin by throwing away what is there, and the unpacked browser with it.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], 'installing packages')
  writeFileSync(stamp, lock)
}

/** The target that the evaluator is compiled for. */
function target() {
  const listed = spawnSync('rustup', ['target', 'list', '--installed'], { encoding: 'utf8' })
  if (listed.error || listed.stdout.includes('wasm32-unknown-unknown')) return
  console.error('Adding the wasm32-unknown-unknown target ...')
  run('rustup', ['target', 'add', 'wasm32-unknown-unknown'], 'compiling to WebAssembly')
}

/** Builds what has changed, one build at a time. */
export function setup() {
  console.error('Looking for what changed …')
  alone(join(root, 'target', 'building'), make)
}

function make() {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20) throw new Error(`Node ${process.versions.node} is too old; version 20 or later is needed.`)
  packages()
  target()
  const fresh = !existsSync(join(root, 'dist', 'worker', 'shim.mjs'))
  if (fresh) console.error('Building for the first time; this takes a few minutes on two cores ...')
  mkdirSync(join(root, 'dist'), { recursive: true })
  run('cargo', ['run', '--locked', ...(fresh ? [] : ['--quiet']), '-p', 'pointsman-build'], 'the build')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setup()
  console.log('dist/ is up to date.')
}
