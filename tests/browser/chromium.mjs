// A real browser for tests: the Chromium of this machine, or else the one that npm brings together with its libraries.
// There is always one of them, so no test has a reason to skip.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { chromium } from 'playwright-core'

const NAMES = ['chromium', 'google-chrome', 'chromium-browser']

/**
 * A person's user agent: headless Chromium names itself a machine, and the edge believes it. It is set for the whole
 * browser, because what Playwright sets for a context is no longer there for beacons of a page that is being left.
 */
export const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'

/** No sandbox: containers and CI run as root. The rest keeps the browser from doing anything that no test asked for. */
const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-sync',
  '--disable-component-update', '--disable-default-apps', '--disable-extensions', '--no-first-run',
  '--no-default-browser-check', '--no-pings', '--mute-audio', `--user-agent=${PERSON}`,
]

/** The browser that there is. `POINTSMAN_BROWSER=bundled` takes npm's even where the machine has one. */
const found = async () => (process.env.POINTSMAN_BROWSER === 'bundled' ? undefined : installed()) ?? bundled()

/** Starts a browser. */
export async function launch() {
  const { executablePath, env } = await found()
  try {
    return await chromium.launch({ executablePath, args: ARGS, env: { ...process.env, ...env } })
  } catch (error) {
    throw new Error(`The browser ${executablePath} did not start, and these tests need one: ${error.message}`, { cause: error })
  }
}

/**
 * A browser at an address, which nobody steers: Chromium renders no page ahead where developer tools are attached
 * (`PrerenderingDisabledByDevTools`), so what happens is what the page itself does. Gives what closes it.
 */
export async function alone(address) {
  const { executablePath, env } = await found()
  const profile = mkdtempSync(join(tmpdir(), 'pointsman-alone-'))
  const args = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...ARGS, address]
  const child = spawn(executablePath, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
  return async () => {
    const ended = once(child, 'exit')
    child.kill()
    await ended
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** The machine's own browser, if it has one. */
function installed() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  const executablePath = paths.find((path) => existsSync(path))
  return executablePath && { executablePath }
}

/** npm's browser, unpacked once beside the packages, so that `npm ci` takes it away together with its version. */
async function bundled() {
  const home = dirname(dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))))
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const folder = join(home, '..', '..', '.cache', `chromium-${version}`)
  if (!existsSync(folder)) await unpack(join(home, 'bin'), folder)
  const env = { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') }
  return { executablePath: join(folder, 'chromium'), env }
}

/** Test files run at once and may all find nothing here; the rename lets only whole browsers be seen. */
async function unpack(from, folder) {
  mkdirSync(dirname(folder), { recursive: true })
  const draft = mkdtempSync(`${folder}-`)
  const before = process.env.TMPDIR
  process.env.TMPDIR = draft // Where `inflate` puts things; it knows no other way to be told.
  try {
    const { inflate } = await import('@sparticuz/chromium')
    for (const name of ['chromium.br', 'fonts.tar.br', 'al2023.tar.br']) await inflate(join(from, name))
    writeFileSync(join(draft, 'fonts', 'fonts.conf'), fontsIn(folder))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  try {
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

/** The package's own file names folders of its home in the cloud; without a font no text has a size. */
const fontsIn = (folder) => `<?xml version="1.0"?>
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`
