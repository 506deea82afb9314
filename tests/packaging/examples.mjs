// Copies of www/examples in which the package is installed as it would be published. Their tools stay in target/ from
// one run to the next.

import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../build/setup.mjs'

const SOURCE = join(root, 'www/examples')
const HOME = join(root, 'target/packaging')
const STAMP = join(HOME, 'node_modules/.pointsman')
const TARBALL = join(HOME, 'pointsman.tgz')

/** Those whose tools are small, which `npm test` builds. */
const SMALL = ['esbuild', 'node', 'rollup', 'vite-react', 'vitest', 'workerd']

/** Every example's name. */
export const names = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()

/** What the shop's flags are. */
export const document = JSON.parse(readFileSync(join(SOURCE, 'document.json'), 'utf8'))

/** An example with everything installed, as it lies in the source tree. */
export function example(name) {
  const all = !SMALL.includes(name)
  mkdirSync(HOME, { recursive: true })
  pack()
  install(all ? names : SMALL, all)
  copy(name)
  return new Example(name)
}

function pack() {
  const said = execFileSync('npm', ['pack', '--json', '--pack-destination', HOME], { cwd: join(root, 'dist/npm'), encoding: 'utf8' })
  renameSync(join(HOME, JSON.parse(said)[0].filename), TARBALL)
}

/** Installs the package, and what these examples need, if anything of it has changed. */
function install(wanted, all) {
  const manifests = ['package.json', 'package-lock.json', ...names.map((name) => `${name}/package.json`)]
  const hash = createHash('sha256').update(readFileSync(TARBALL))
  for (const file of manifests) hash.update(readFileSync(join(SOURCE, file)))
  const due = hash.digest('hex')
  const done = existsSync(STAMP) ? JSON.parse(readFileSync(STAMP, 'utf8')) : {}
  if (done.due === due && (done.all || !all)) return
  console.log(`Installing the tools of ${wanted.join(', ')} in target/packaging; the first time this takes a minute ...`)
  for (const file of manifests) cpSync(join(SOURCE, file), join(HOME, file))
  rmSync(join(HOME, 'node_modules/pointsman'), { recursive: true, force: true })
  // Nothing of theirs is run: a package that fetches more when it is installed has to do without.
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--include-workspace-root']
  npm(...args, ...wanted.flatMap((name) => ['-w', name]))
  // Bun's own only puts its binary, which has come as a package, into its place.
  if (all) npm('rebuild', '--loglevel=error', 'bun')
  writeFileSync(STAMP, JSON.stringify({ due, all }))
}

function npm(...args) {
  const { status } = spawnSync('npm', args, { cwd: HOME, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`The examples' tools could not be installed in ${HOME}; npm says why above. They come from npm's registry alone.`)
}

/** What was installed in an example's folder stays. */
function copy(name) {
  const folder = join(HOME, name)
  for (const entry of readdirSync(folder)) if (entry !== 'node_modules') rmSync(join(folder, entry), { recursive: true })
  cpSync(join(SOURCE, name), folder, { recursive: true })
}

class Example {
  constructor(name) {
    this.name = name
    this.folder = join(HOME, name)
  }

  path(file) {
    return join(this.folder, file)
  }

  /** Changes a file of the copy: from what it is in the source tree. */
  edit(file, change) {
    const before = readFileSync(join(SOURCE, this.name, file), 'utf8')
    const after = change(before)
    if (after === before) throw new Error(`${this.name}/${file} has no place for what this test needs in it`)
    writeFileSync(this.path(file), after)
  }

  /** Puts an address and a key where the example has those of nobody, as its reader would. */
  settle(file, { site, client }) {
    this.edit(file, (text) => text.replace('https://www.example.com', site).replace('v1.client.k1.your-key', client))
  }

  /** The version of a tool that is installed here. */
  version(tool) {
    const own = this.path(`node_modules/${tool}/package.json`)
    return JSON.parse(readFileSync(existsSync(own) ? own : join(HOME, 'node_modules', tool, 'package.json'), 'utf8')).version
  }

  /** Runs one of its scripts to the end; gives what it said. */
  async run(script, env = {}) {
    try {
      const { stdout, stderr } = await promisify(execFile)('npm', ['run', script], { cwd: this.folder, env: { ...environment(), ...env } })
      return stdout + stderr
    } catch ({ stdout, stderr, message }) {
      throw new Error(`${this.name}: npm run ${script}: ${message}\n${stdout}${stderr}`)
    }
  }

  /** Starts one of its scripts, and waits until it answers on `port`. Gives what ends it. */
  async start(script, port, { env = {}, args = [] } = {}) {
    const child = spawn('npm', ['run', script, '--', ...args], { cwd: this.folder, env: { ...environment(), ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece))
    const ended = new Promise((resolve) => child.on('close', resolve))
    const stop = async () => {
      // npm starts a shell, which starts the tool.
      if (child.exitCode === null) process.kill(-child.pid)
      // Deno would wait for the stream of what is published, which the edge ends after minutes.
      const late = setTimeout(() => {
        try {
          process.kill(-child.pid, 'SIGKILL')
        } catch {
          // It has ended by itself.
        }
      }, 5_000)
      await ended
      clearTimeout(late)
    }
    for (let tries = 0; tries < 600; tries++) {
      if (child.exitCode !== null) throw new Error(`${this.name}: npm run ${script} ended before it answered:\n${said}`)
      if (await fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false)) return stop
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await stop()
    throw new Error(`${this.name}: npm run ${script} did not answer within 30 seconds:\n${said}`)
  }
}

/** The environment of an example's tools: they report to nobody, and are no tests of this runner. */
function environment() {
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, FORCE_COLOR, ...env } = process.env
  return { ...env, NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', CI: '1' }
}
