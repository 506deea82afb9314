// Where the doors of an environment's site are.

import { Complaint } from './complaint.mjs'

/** The address below which they lie: the given one's, or that of the engine's first site there. */
export function siteOf({ sites }, environment, given) {
  const site = given ?? sites?.find(({ key }) => key === environment)?.site
  if (URL.canParse(site ?? '')) return new URL(new URL(site).pathname === '/' ? '/_pm/' : `${site.replace(/\/$/, '')}/`, site)
  throw new Complaint('--site', `It is not said where the site of ${environment} is.`, 'Give its address, such as --site https://www.example.com.')
}
