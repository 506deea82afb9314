import { Status } from '../parts'
import type { IconName, Tone } from '../parts'

const LOOKS: Record<string, { word: string; tone: Tone; icon: IconName }> = {
  ship: { word: 'Shipped', tone: 'ok', icon: 'ok' },
  keep: { word: 'Kept the old', tone: 'wait', icon: 'decide' },
  again: { word: 'Run again', tone: 'wait', icon: 'undo' },
  aborted: { word: 'Given up', tone: 'off', icon: 'stop' },
  running: { word: 'Running', tone: 'wait', icon: 'wait' },
  unknown: { word: 'Outcome not said', tone: 'off', icon: 'wait' },
  stopped: { word: 'Stopped', tone: 'stop', icon: 'stop' },
}

/** How an experiment ended; one that goes on says its state. */
export function Outcome({ outcome }: { outcome: string }) {
  const { word, tone, icon } = LOOKS[outcome] ?? { word: outcome, tone: 'off' as const, icon: 'wait' as const }
  return <Status tone={tone} icon={icon}>{word}</Status>
}
