import { Select } from '../parts'
import { goInstead, route } from '../router'
import { optionsOf, useTeams } from './teams'

/** One team or all of them. The address holds which, so that it can be sent on. Where there are no teams it is not there. */
export function TeamFilter({ project, value }: { project: string; value: string }) {
  const known = optionsOf(useTeams(project).value, 'All teams')
  if (known.length === 1 && !value) return null
  const options = known.some((team) => team.value === value) ? known : [...known, { value, label: value }]
  return <Select label="Whose" class="field-inline" value={value} options={options} onValue={(team) => chosen('team', team)} />
}

/** Puts something into the address, or takes it out. */
export function chosen(name: string, value: string): void {
  const { path, query } = route()
  if (value) query.set(name, value)
  else query.delete(name)
  const asked = query.toString()
  goInstead(`#/${path.map(encodeURIComponent).join('/')}${asked && `?${asked}`}`)
}
