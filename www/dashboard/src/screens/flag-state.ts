import type { IconName, Tone } from '../parts'
import type { Flag } from '../types'
import { percent } from '../words'

/** One short phrase for who gets what. What is no switch has a value for everybody, which is told instead of “nobody”. */
export function stateOf(flag: Flag): { tone: Tone; icon?: IconName; words: string } {
  if (flag.experiment) return { tone: 'wait', icon: 'experiments', words: 'In a test' }
  const all = flag.kind === 'boolean' ? undefined : flag.variants.find(({ key, share }) => (flag.enabled ? share === 1 : key === flag.off))
  if (!flag.enabled) return { tone: 'off', words: all ? `Turned off: ${brief(all.value)}` : 'Turned off' }
  const words = all ? `Everybody: ${brief(all.value)}` : who(flag.share)
  if (flag.rules > 0) return { tone: 'ok', words: flag.share > 0 ? `${words}, and by rules` : 'By rules' }
  return { tone: flag.share > 0 ? 'ok' : 'off', words }
}

/** Of a value no more than a row has room for. */
const BRIEF = 32

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const cut = text.length > BRIEF ? `${text.slice(0, BRIEF).trimEnd()} …` : text
  return typeof value === 'string' ? `“${cut}”` : cut
}

export function who(share: number): string {
  if (share <= 0) return 'Nobody'
  return share >= 1 ? 'Everybody' : percent(share)
}
