import { TextField } from '../parts'
import { useHere } from '../project'
import type { PagesChange } from '../types'
import { BothVersions } from './both-versions'
import { fieldId } from './model'
import { pathOn, SiteLink } from './site'

/** The page that visitors ask for, and another one of the site's that some of them get in its place. */
export function TwoPages({ change, onChange }: { change: PagesChange; onChange(change: PagesChange): void }) {
  const { environments } = useHere()
  const site = environments.find((environment) => environment.key === 'production')?.site
  const field = (name: 'page' | 'other', label: string, placeholder: string) => (
    <div id={fieldId(`/change/${name}`)} tabIndex={-1} class="page-field">
      <TextField
        label={label} value={change[name]} placeholder={placeholder} spellcheck={false}
        onValue={(path) => onChange({ ...change, [name]: pathOn(site, path.trim()) })}
        hint={site ? <>Its path on <SiteLink site={site} path={change[name]} /></> : 'Its path on your site'}
      />
    </div>
  )
  return (
    <div class="stack">
      <div class="beside">
        {field('page', 'The page now', '/pricing')}
        {field('other', 'The new page', '/pricing-b')}
      </div>
      <p class="muted">Both stay as they are. Some visitors of the first get the second, at the same address.</p>
      {change.page.startsWith('/') && change.other.startsWith('/') && <BothVersions change={change} />}
    </div>
  )
}
