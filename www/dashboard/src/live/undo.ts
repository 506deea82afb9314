import { call, inProject } from '../api'
import { refocus, toast } from '../parts'
import type { Experiment } from '../types'

/** Lets a stopped experiment run again, from wherever somebody is: the message outlives the screen it came from. */
export async function undoStop(
  project: string, { key, title, revision }: Pick<Experiment, 'key' | 'title' | 'revision'>,
): Promise<Experiment | undefined> {
  const result = await call<Experiment>('POST', inProject(project, 'experiments', key, 'undo'), { body: {}, revision })
  if (result.ok) toast({ key, text: `${title}: it runs again, as before.` })
  else {
    toast({
      key, tone: 'look', text: `${title}: this could not be undone. ${result.error} ${result.fix}`,
      link: { label: 'See why', href: `#/experiments/${key}/live` },
    })
  }
  document.dispatchEvent(new Event('visibilitychange'))
  refocus()
  return result.ok ? result.value : undefined
}
