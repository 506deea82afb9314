import type { ComponentChildren } from 'preact'
import { Icon } from './icon'
import type { IconName } from './icon'

export type Tone = 'ok' | 'look' | 'stop' | 'wait' | 'held' | 'off'

/** Icon, word and colour together, so that no meaning hangs on the colour. */
export function Status({ tone, icon, children }: { tone: Tone; icon?: IconName; children: ComponentChildren }) {
  return (
    <span class={`status tone-${tone}`}>
      <Icon name={icon ?? tone} size={18} />
      <span>{children}</span>
    </span>
  )
}
