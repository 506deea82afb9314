import type { Live } from '../api'
import { AsOf, Button, Icon, Progress, Time, Words } from '../parts'
import type { IconName, Tone } from '../parts'
import type { Reading, Rule } from '../types'
import { count, counted } from '../words'

const LOOKS: Record<Reading['recommend'], { icon: IconName; tone: Tone; word: string; rule?: keyof Rule }> = {
  ship: { icon: 'ok', tone: 'ok', word: 'Ship it', rule: 'ship' },
  keep: { icon: 'decide', tone: 'wait', word: 'Keep the old version', rule: 'keep' },
  stop: { icon: 'stop', tone: 'stop', word: 'Stop it', rule: 'stop' },
  wait: { icon: 'wait', tone: 'wait', word: 'Wait' },
  fix: { icon: 'look', tone: 'look', word: 'Data to be mended' },
}

/** The sentence that everything else on this screen is evidence for. */
export function Verdict({ reading, live }: { reading: Reading; live: Live<Reading> }) {
  const { recommend, headline, words, people, planned, rule, asOf, experiment, outlook, quote } = reading
  const { icon, tone, word: advice, rule: applies } = LOOKS[recommend]
  // Nobody is told to stop what has stopped.
  const word = recommend === 'stop' && experiment.state !== 'running' ? 'Stopped' : advice
  return (
    <section class={`verdict verdict-${tone}`} aria-label="Verdict">
      <p class={`verdict-word tone-${tone}`}><Icon name={icon} size={22} /> {word}</p>
      <h2 class="verdict-headline"><Words>{headline}</Words></h2>
      <p class="verdict-words"><Words>{words}</Words></p>
      {quote && <p class="verdict-quote">{quote}</p>}
      <Since reading={reading} />
      {outlook && <p class="muted"><Words>{outlook.words}</Words></p>}
      <div class="verdict-size">
        <Progress value={people} max={planned} label={`${count(people)} of ${count(planned)} people planned`} />
        <span>{count(people)} of {count(planned)} people planned</span>
      </div>
      <details class="fold">
        <summary>
          {applies
            ? 'This follows the rule that was fixed before the start'
            : 'The rule that was fixed before the start'}
        </summary>
        <RuleInWords rule={rule} applies={applies} />
      </details>
      <div class="row">
        {experiment.actions.includes('decide') && applies && (
          <Button kind="primary" icon="down" onClick={toDecide}>Decide</Button>
        )}
        <AsOf live={live} asOf={asOf} />
      </div>
    </section>
  )
}

/** The sentences above are those under which it was decided; what has come in afterwards is told as such. */
function Since({ reading: { experiment: { decision }, since, people, headline, words } }: { reading: Reading }) {
  if (!decision || !since) return null
  const more = (since.people ?? people) - people
  const same = since.headline === headline && since.words === words
  return (
    <p class="muted verdict-since">
      This is what was said when it was decided, <Time at={decision.at} />.{' '}
      {more > 0 && `${counted(more, 'more person has', 'more people have')} come in after it. `}
      {!same && <>With all that has come in after the decision it would say: <Words>{`${since.headline}. ${since.words}`}</Words></>}
      {same && more > 0 && 'With them it says the same.'}
    </p>
  )
}

/** The decision stands below its evidence; this is the short way there for those who have read it. */
function toDecide(): void {
  const panel = document.getElementById('decide')
  panel?.scrollIntoView({ block: 'center' })
  panel?.querySelector('button')?.focus({ preventScroll: true })
}

export function RuleInWords({ rule, applies }: { rule: Rule; applies?: keyof Rule }) {
  return (
    <ul class="rule">
      {(['ship', 'keep', 'stop'] as const).map((part) => (
        <li key={part} class={part === applies ? 'rule-applies' : undefined}>
          <Words>{rule[part]}</Words>{part === applies && <strong> This one applies.</strong>}
        </li>
      ))}
    </ul>
  )
}
