// Where our own paths begin on each site's host. The site chooses: some lists of blockers know the usual one.

import { env } from 'cloudflare:workers'

export const PREFIX = env.PREFIX || '/_pm/'

if (!/^\/(?:[\w-]+\/)+$/.test(PREFIX)) {
  throw new Error(`PREFIX is wrong. "${PREFIX}" is no path of plain words with a slash before and behind each: /_pm/.`)
}
