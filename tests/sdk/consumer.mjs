// An application that has installed the package: exactly what `npm publish` would send, in a folder of its own. What
// the package asks of its surroundings (React, OpenFeature) is found beside the workspace's tools.

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../../build/setup.mjs'

export const tool = (name) => join(root, 'node_modules/.bin', name)

/** A folder with the package installed. `name` keeps test files apart. */
export function consumer(name) {
  const folder = join(root, 'target/consumers', name)
  const installed = join(folder, 'node_modules/pointsman')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(installed, { recursive: true })
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: join(root, 'dist/npm'), encoding: 'utf8' }))
  const tarball = join(folder, filename)
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  writeFileSync(join(folder, 'package.json'), '{"type": "module", "private": true}')
  return {
    folder, tarball, installed,

    /** Writes a file of the application and gives its path. */
    put(file, text) {
      const path = join(folder, file)
      writeFileSync(path, text)
      return path
    },

    /** Bundles an entry for browsers, and gives all files by name. */
    async bundle(text, options = {}) {
      const { outputFiles } = await build({
        stdin: { contents: text, resolveDir: folder, loader: 'jsx' }, bundle: true, write: false, format: 'esm', splitting: true,
        target: 'es2022', outdir: join(folder, 'out'), logLevel: 'silent', platform: 'browser', jsx: 'automatic',
        entryNames: 'app', chunkNames: '[name]-[hash]', ...options,
      })
      return Object.fromEntries(outputFiles.map(({ path, contents }) => [path.slice(join(folder, 'out').length), contents]))
    },
  }
}
