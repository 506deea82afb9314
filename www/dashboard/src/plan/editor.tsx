import { useRef } from 'preact/hooks'
import { useActing } from '../acting'
import { ahead } from '../clock'
import { Button, Card, Problem, Screen, Status, TextField, Time, toast } from '../parts'
import { go, route } from '../router'
import type { Experiment, Plan } from '../types'
import type { Around, Offers } from '../screens/plan'
import { AsksQuestion } from './asks'
import { Before } from './before'
import { ChangeQuestion, tryOf } from './change'
import { useDraft } from './draft'
import type { Draft } from './draft'
import { ExpectQuestion } from './expect'
import { ForecastWords, useForecast } from './forecast'
import { GuardQuestion } from './guard'
import { blank, fieldId, isQuiet, nameFor } from './model'
import { begin, over, TemplateQuestion, templateOf } from './template'
import { WhoQuestion } from './who'

/** What each question needs to know and to change. */
export interface Asked {
  project: string
  plan: Plan
  offers: Offers
  change(plan: Plan): void
}

interface Props {
  project: string
  initial: Experiment | undefined
  offers: Offers
  around: Around
  onCreated(experiment: Experiment): void
  onSubmitted(experiment: Experiment): void
}

export function Editor({ project, initial, offers, around, onCreated, onSubmitted }: Props) {
  const guards = offers.playbook.guardrails.map((guardrail) => guardrail.metric)
  const goals = offers.metrics.filter(({ key }) => !guards.includes(key))
  const goal = goals.find((metric) => !isQuiet(metric, offers.metrics)) ?? goals[0] ?? offers.metrics[0]
  const first = useRef(wished(blank(offers.playbook, goal?.key ?? ''), offers)).current
  const draft = useDraft(project, initial, first, onCreated)
  const forecast = useForecast(project, draft)
  const kind = templateOf(draft.plan, offers.templates)
  const rules = over(offers.playbook, kind)
  const asked = { project, plan: draft.plan, offers: { ...offers, playbook: rules }, change: draft.change }
  const title = nameFor(draft.plan)
  return (
    <Screen
      title={draft.experiment ? title || 'Plan' : 'New experiment'} above={<a href="#/experiments">Experiments</a>}
      aside={(
        <>
          <Status tone="off">{draft.experiment?.state === 'idea' ? 'Idea' : 'Draft'}</Status>
          <Saved draft={draft} />
        </>
      )}
      actions={draft.experiment && <Archive project={project} experiment={draft.experiment} />}
    >
      {around.belongs}
      {draft.experiment?.note && <p class="plan-note">{draft.experiment.note}</p>}
      <Conflict draft={draft} />
      {draft.failure && (
        <Problem failure={draft.failure} title="This could not be saved." again={{ act: () => void draft.flush() }} />
      )}
      <div class="plan">
        <div class="plan-questions">
          <TemplateQuestion {...asked} playbook={offers.playbook} />
          <Card>
            <div id={fieldId('/title')} tabIndex={-1}>
              <TextField
                label="What shall we call it?" placeholder="Promise freshness by the hour" maxLength={120}
                value={draft.plan.title}
                hint={rules.naming ? `The team’s rule: ${rules.naming.replaceAll('*', '…')}` : !draft.plan.title && title
                  ? `Without a name it is called: ${title}`
                  : 'A few words by which others find it later. You can leave this for last.'}
                onValue={(title) => draft.change({ ...draft.plan, title })}
              />
            </div>
          </Card>
          <ChangeQuestion {...asked} />
          <ExpectQuestion {...asked} except={draft.experiment?.key}>
            <ForecastWords forecast={forecast} {...asked} />
          </ExpectQuestion>
          <GuardQuestion {...asked} />
          <WhoQuestion {...asked} key={kind?.key} wrong={wrongWith('/ramp', draft)} />
          <AsksQuestion {...asked} wrong={wrongWith('/ask', draft)} />
        </div>
        <Before project={project} draft={draft} offers={asked.offers} onSubmitted={onSubmitted} />
      </div>
      {around.comments}
    </Screen>
  )
}

/** What the engine has found at a place of what is saved, in words. */
function wrongWith(place: string, { experiment }: Draft): string | undefined {
  const problem = experiment?.problems.find(({ pointer }) => pointer === place)
  return problem && `${problem.cause} ${problem.fix}`
}

/** A link may say which kind of test it is, or which flag it is about: `#/experiments/new?template=pricing`, `?flag=gift-note`. */
function wished(plan: Plan, { templates, playbook, flags }: Offers): Plan {
  const asked = route().query
  const template = templates.find(({ key }) => key === asked.get('template'))
  const flag = flags.find(({ key }) => key === asked.get('flag'))
  const kind = template ? begin(plan, template, playbook) : plan
  return flag ? { ...kind, change: tryOf(flag) } : kind
}

function Saved({ draft }: { draft: Draft }) {
  const words = draft.conflict ? 'Not saved: changed by somebody else'
    : draft.saving ? 'Saving …'
      : draft.failure ? 'Not saved yet'
        : draft.open ? (nameFor(draft.plan) ? 'Will be saved in a moment' : 'Saves itself as you type')
          : draft.savedAt
            ? <>Saved <SavedAgo at={draft.savedAt} /></>
            : draft.experiment ? 'Saved' : 'Saves itself as you type'
  return <span class="as-of">{words}</span>
}

/** By this machine's clock, unlike all other times: it is about this machine. */
function SavedAgo({ at }: { at: number }) {
  return <Time at={at + ahead.get()} />
}

/** Two people in one plan: nobody's words are overwritten unseen. */
function Conflict({ draft }: { draft: Draft }) {
  if (!draft.conflict) return null
  const last = draft.conflict.history.at(-1)
  return (
    <section class="banner banner-look" role="alert">
      <p>
        <strong>{last?.who ?? 'Somebody else'} changed this plan while you did.</strong> Nothing of yours is saved since
        then. Which one shall stand?
      </p>
      <div class="actions">
        <Button onClick={() => draft.settle('theirs')}>Take theirs</Button>
        <Button onClick={() => draft.settle('mine')}>Keep mine</Button>
      </div>
    </section>
  )
}

function Archive({ project, experiment }: { project: string; experiment: Experiment }) {
  const acting = useActing(project, experiment, () => {
    toast({ text: `Archived: ${experiment.title}.` })
    go('#/experiments')
  })
  if (!experiment.actions.includes('archive')) return null
  return (
    <>
      <Button kind="quiet" busy={acting.busy === 'archive'} onClick={() => void acting.act('archive')}>Archive</Button>
      {acting.failure && <Problem failure={acting.failure} />}
    </>
  )
}
