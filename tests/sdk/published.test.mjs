// The package as it would be published: what is in it, what it costs, and that tools and compilers understand it.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { root } from '../../build/setup.mjs'
import { consumer, tool } from './consumer.mjs'

const app = consumer('published')
const manifest = JSON.parse(readFileSync(join(app.installed, 'package.json'), 'utf8'))

/** Runs a check and fails with all that it said. */
function clean(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
}

test('publint finds nothing', () => clean(tool('publint'), [join(root, 'dist/npm'), '--strict']))

test('the types of every entry are right (arethetypeswrong)', () => {
  clean(tool('attw'), [app.tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'])
})

test('installing it runs nothing and brings nothing along', () => {
  assert.deepEqual([manifest.dependencies, manifest.scripts, manifest.sideEffects], [undefined, undefined, ['./auto.js']])
  for (const name of Object.keys(manifest.peerDependencies)) assert.equal(manifest.peerDependenciesMeta[name].optional, true, name)
})

test('every file that an entry names or imports is in it, and no other', () => {
  const all = readdirSync(app.installed, { recursive: true, withFileTypes: true })
  const files = all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => relative(app.installed, join(parentPath, name)))
  const targets = Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [] : Object.values(target)))
  const named = [...targets, ...Object.values(manifest.bin)].map((path) => join(path))
  const imported = files.filter((file) => /\.(js|d\.ts)$/.test(file)).flatMap((file) => {
    const imports = readFileSync(join(app.installed, file), 'utf8').matchAll(/(?:from|import\(?)\s*["'](\.\/[\w.-]+)["']/g)
    return [...imports].map(([, path]) => join(dirname(file), file.endsWith('.d.ts') ? path.replace(/\.js$/, '.d.ts') : path))
  })
  const embedded = [...readFileSync(join(app.installed, 'workerd.capnp'), 'utf8').matchAll(/embed "(.+?)"/g)].map(([, path]) => path)
  const whole = [...named, ...imported, ...embedded, 'LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json', 'schema.json', 'workerd.capnp']
  const isDashboard = (file) => file.startsWith('dashboard/')
  assert.ok(files.includes('dashboard/index.html'))
  assert.deepEqual(files.filter((file) => !isDashboard(file)).sort(), [...new Set(whole)].filter((file) => !isDashboard(file)).sort())
  // The dashboard's files are what a bundler makes of it: each that one of them imports is there.
  assert.deepEqual(whole.filter((file) => isDashboard(file) && !files.includes(file)), [])
})

test('nobody gets what they do not import', async (t) => {
  /** Bytes in gzip of what a page loads first for this program. */
  async function cost(text) {
    const files = await app.bundle(text, { minify: true, external: ['react', 'react-dom', '@openfeature/*'] })
    return gzipSync(files['/app.js'], { level: 9 }).length
  }
  const core = await cost(`export { open } from 'pointsman'`)
  const above = async (text) => (await cost(`export { open } from 'pointsman'\n${text}`)) - core
  const budgets = [
    ['pointsman', core, 9_000],
    ['/react', await above(`export * from 'pointsman/react'`), 1_200],
    ['/openfeature-web', await above(`export * from 'pointsman/openfeature-web'`), 1_500],
    ['/connect', await above(`export * from 'pointsman/connect'`), 2_000],
    ['/tools', await above(`export * from 'pointsman/tools'`), 300],
    ['/testing alone', await cost(`export * from 'pointsman/testing'`), 2_200],
  ]
  for (const [name, bytes, most] of budgets) {
    t.diagnostic(`${name}: ${bytes} bytes gzip, budget ${most}`)
    assert.ok(bytes <= most, `${name} costs ${bytes} bytes in gzip; ${most} are allowed`)
  }
})

test('only entries that are written in wasm name wasm', async () => {
  for (const entry of ['js', 'react', 'testing', 'openfeature-web', 'openfeature-server']) {
    const text = readFileSync(join(app.installed, `${entry}.js`), 'utf8')
    assert.doesNotMatch(text, /WebAssembly/, entry)
  }
})

test('Node finds every entry', () => {
  // One is for Workers alone.
  const entries = Object.keys(manifest.exports).filter((entry) => !/\.json$|^\.\/worker$/.test(entry)).map((entry) => `pointsman${entry.slice(1)}`)
  const program = app.put('entries.mjs', `${entries.map((entry, at) => `import * as entry${at} from '${entry}'`).join('\n')}
console.log([${entries.map((_, at) => `Object.keys(entry${at})`)}].flat().join())`)
  const said = execFileSync(process.execPath, [program], { encoding: 'utf8' }).trim()
  assert.equal(said, 'inlined,open,inlined,open,connect,survey,FlagsProvider,Variant,useExperiment,useFlag,useFlags,serve,PointsmanProvider,PointsmanProvider,check,compile,detectable,diff,explain,harm,lint,prune,read,rehearse,sampleRatio,size,statistics,types,withFlags')
})

/** A compiler's view of the application: it passes, and each line marked as an error is one. */
function compiles(text, options = {}) {
  app.put('app.tsx', text)
  app.put('tsconfig.json', JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', jsx: 'react-jsx',
      lib: ['es2024', 'dom', 'dom.iterable'], types: ['node'], exactOptionalPropertyTypes: true, ...options,
    },
    files: ['app.tsx'],
  }))
  clean(tool('tsc'), ['-p', app.folder])
}

const fixture = (name) => readFileSync(new URL(name, import.meta.url), 'utf8')

test('wrong keys and wrong types do not compile in Node', () => compiles(fixture('typed.tsx')))

test('wrong keys and wrong types do not compile where a bundler builds for workerd', () => {
  compiles(fixture('typed.tsx'), { module: 'preserve', moduleResolution: 'bundler', customConditions: ['workerd'] })
})

test('flags that nobody has named take their type from the fallback', () => compiles(fixture('untyped.tsx')))
