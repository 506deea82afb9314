import { inProject, useLive } from '../api'
import { Outcome } from '../library/outcome'
import { Words } from '../parts'
import type { Similar } from '../types'
import { useLater } from './later'

/** Whether somebody has tried this already. Says nothing while there is nothing to say. */
export function SimilarOnes({ project, text, except }: { project: string; text: string; except?: string }) {
  const settled = useLater(text, 700)
  const path = settled.length < 4
    ? null
    : `${inProject(project, 'similar')}?text=${encodeURIComponent(settled.slice(0, 400))}`
  const live = useLive<Similar>(path, 0)
  const similar = (live.value?.similar ?? []).filter(({ key }) => key !== except)
  return (
    <div class="similar-place" aria-live="polite">
      {similar.length > 0 && (
        <div class="similar">
          <h3>Somebody tried something like it</h3>
          <ul>
            {similar.slice(0, 3).map(({ key, title, outcome, words, imported }) => (
              <li key={key}>
                <a href={imported ? `#/library/past/${key}` : `#/experiments/${key}`} target="_blank">
                  {title}<span class="unseen"> (opens beside this)</span>
                </a>
                <Outcome outcome={outcome} /> <span class="muted"><Words>{words}</Words></span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
