import type { Figure } from '../types/practice'
import { Words } from './words'

/** Each figure with what it is made of. */
export function Figures({ figures }: { figures: Pick<Figure, 'label' | 'value' | 'evidence'>[] }) {
  return (
    <dl>
      {figures.map(({ label, value, evidence }) => (
        <div key={label} title={evidence}>
          <dt>{label.replace(' → ', ' to ')}</dt>
          <dd class="quarter-value"><Words>{value}</Words></dd>
          <dd class="hint"><Words>{evidence}</Words></dd>
        </div>
      ))}
    </dl>
  )
}
