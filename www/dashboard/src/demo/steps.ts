// What leads through a first experiment, and what has come to pass of it: nobody ticks by hand.

import type { IconName } from '../parts'
import type { ExperimentCard, ExperimentState, Reading } from '../types'

export interface Step {
  title: string
  icon: IconName
  /** What to do now. */
  words: string
  where: string
  /** The part of that screen, by its id, for whoever is there already. */
  part: string
  done: boolean
}

const PASSED: ExperimentState[] = ['idea', 'draft', 'inReview', 'approved', 'running', 'stopped', 'decided', 'debriefed', 'archived']
const is = (one: ExperimentCard | undefined, state: ExperimentState): boolean => one !== undefined && PASSED.indexOf(one.state) >= PASSED.indexOf(state)

/** The steps of an experiment that somebody has begun, or of one that is still to be begun. */
export function stepsOf(one: ExperimentCard | undefined, reading: Reading | undefined): Step[] {
  const place = (tab = ''): string => (one ? `#/experiments/${one.key}${tab}` : '#/experiments/new')
  const started = one?.started != null
  const decided = is(one, 'decided')
  return [
    {
      title: 'Plan', icon: 'experiments', where: place(), part: 'main', done: is(one, 'draft'),
      words: 'Choose a kind, change a line of a page of the shop, and say what you expect of it. It saves itself.',
    },
    {
      title: 'Check', icon: 'search', where: place(), part: 'before', done: is(one, 'inReview'),
      words: '“Before it starts” says what is missing. Look at both versions, then ask for a review.',
    },
    {
      title: 'Start', icon: 'next', where: place(), part: 'main', done: started,
      words: 'Somebody else starts it: press “Be the reviewer”, read the plan and let it start, then be yourself again.',
    },
    {
      title: 'See it live', icon: 'now', where: place('/live'), part: 'main', done: started && (one?.people ?? 0) > 0,
      words: 'Be a visitor, or jump a day ahead: the first ones are counted here as they come.',
    },
    {
      title: 'Read', icon: 'data', where: place('/reading'), part: 'main', done: started && (decided || ['ship', 'keep', 'stop'].includes(reading?.recommend ?? '')),
      words: 'Early numbers mostly show luck, so there are none at first. Let days pass until it says what to do.',
    },
    {
      title: 'Decide', icon: 'decide', where: place('/reading'), part: 'decide', done: decided,
      words: 'The rule was locked before the start. Follow it, or say why not; “too early” is an answer, too.',
    },
    {
      title: 'Debrief', icon: 'debrief', where: place('/debrief'), part: 'main', done: is(one, 'debriefed'),
      words: 'Three questions, while it is fresh. The library has the answers at once.',
    },
  ]
}
