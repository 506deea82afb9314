import { toast } from '../parts'
import { actAs, actAsOneself, self } from '../session'
import type { Demo, DemoAnswer } from '../types'

export interface Act {
  /** Under `P/demo/` (docs/api.md). */
  path: 'visit' | 'reviewer' | 'harm' | 'safari' | 'bots' | 'kill' | 'jump'
  word: string
  title: string
  /** For what can be switched on and off. */
  isOn?(demo: Demo): boolean
  /** The words while it is on. */
  undo?: string
  /** It goes on after its answer, and only one such thing does at a time. */
  long?: boolean
  /** What follows here from the answer. */
  then?(answer: DemoAnswer): void
  /** What switches it off, where the engine need not know of it. */
  back?(): void
  /** What to say where the engine can no longer answer. */
  last?: { look: string; where: string }
}

function become({ token, look }: DemoAnswer): void {
  if (!token) return
  actAs(token)
  toast({ key: 'reviewer', text: look })
}

export const ACTS: Act[] = [
  { path: 'visit', word: 'Be a visitor', title: 'Opens the shop in a new tab, as somebody new' },
  {
    path: 'reviewer', word: 'Be the reviewer', undo: 'Be yourself again', isOn: () => self.get() !== null,
    title: 'Go on as the second person, whose word a start needs', then: become, back: actAsOneself,
  },
  {
    path: 'harm', word: 'Break the new version', undo: 'Mend the new version', isOn: ({ harmful }) => harmful !== null,
    title: 'Visitors of the new version meet errors. Watch the guardrail stop it.',
  },
  {
    path: 'safari', word: 'Lose Safari’s reports', undo: 'Let Safari report again', isOn: ({ safari }) => safari,
    title: 'A fault of measuring. Watch the engine name its cause, and refuse to decide on such numbers.',
  },
  { path: 'bots', word: 'A wave of bots', title: '300 machines come by. None of them counts.', long: true },
  {
    path: 'kill', word: 'Kill the process', long: true,
    title: 'kill -9. It comes back by itself, and nothing that was acknowledged is lost.',
    last: {
      look: 'The engine was killed. It comes back by itself; then, in Data, everything is still accounted for.',
      where: '#/data',
    },
  },
  { path: 'jump', word: 'Jump a day ahead', title: 'A day passes in some seconds, with its visitors', long: true },
]
