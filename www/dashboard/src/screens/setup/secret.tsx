import type { ComponentChildren } from 'preact'
import { Copyable } from '../../parts'

/** Something that is shown only now, to be copied. */
export function Secret({ label, value, children }: { label: string; value: string; children: ComponentChildren }) {
  return (
    <div class="invitation" role="status">
      <p><strong>{label}.</strong> {children}</p>
      <Copyable label={label} value={value} />
    </div>
  )
}
