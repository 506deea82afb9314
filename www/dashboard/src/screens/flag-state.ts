import type { IconName, Tone } from '../parts'
import type { Flag } from '../types'
import { percent } from '../words'

/** One short phrase for who gets what. */
export function stateOf(flag: Flag): { tone: Tone; icon?: IconName; words: string } {
  if (flag.experiment) return { tone: 'wait', icon: 'experiments', words: 'In a test' }
  if (!flag.enabled) return { tone: 'off', words: 'Turned off' }
  return { tone: flag.share > 0 ? 'ok' : 'off', words: who(flag.share) }
}

export function who(share: number): string {
  if (share <= 0) return 'Nobody'
  return share >= 1 ? 'Everybody' : percent(share)
}
