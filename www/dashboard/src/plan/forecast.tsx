import { useEffect, useRef, useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import type { Live } from '../api'
import { Button, Check, Icon, NumberField, Table, Words } from '../parts'
import type { Forecast, Plan } from '../types'
import { change as changed, count, counted, hard, percent } from '../words'
import type { Draft } from './draft'
import type { Asked } from './editor'
import { useLater } from './later'
import { fieldId } from './model'

export interface Forecasting {
  live: Live<Forecast>
  /** Somebody's own guess at how many do it now; undefined takes the last 14 days. */
  guess: number | undefined
  setGuess(guess: number | undefined): void
}

type Wanted = Pick<Plan['hypothesis'], 'metric' | 'by' | 'direction' | 'question'>

const ask = (project: string, wanted: Wanted, guess: number | undefined, template = ''): string | null => {
  const { metric, by, direction, question = 'better' } = wanted
  if (!metric || !(by > 0)) return null
  const query = new URLSearchParams({ metric, by: String(by), direction, question })
  if (guess !== undefined) query.set('guess', String(guess))
  if (template) query.set('template', template)
  return `${inProject(project, 'forecast')}?${query}`
}

/**
 * What the plan needs, kept fresh while it is written; what it takes the present rate to be goes into the plan. What a
 * plan says already stands until somebody says otherwise, and looking at one changes nothing.
 */
export function useForecast(project: string, { plan, change, open }: Draft): Forecasting {
  const { metric, by, direction, question } = plan.hypothesis
  const [guess, put] = useState(plan.base || undefined)
  const chosen = useRef(false)
  const setGuess = (guess: number | undefined) => {
    chosen.current = true
    put(guess)
  }
  const wanted = { metric: useLater(metric, 50), by: useLater(by), direction, question }
  const live = useLive<Forecast>(ask(project, wanted, useLater(guess), plan.template?.key), 0)
  const base = guess ?? live.value?.base
  const spread = live.value?.spread ?? undefined
  useEffect(() => {
    if (!(open || chosen.current) || !base || !live.value) return
    // A share has no spread; of a value nobody types one, it is measured with the value.
    if (base !== plan.base || spread !== plan.spread) change({ ...plan, base, spread })
  }, [base, spread, plan.base, plan.spread, open])
  return { live, guess, setGuess }
}

export function ForecastWords({ forecast, ...asked }: { forecast: Forecasting } & Asked) {
  const { live, guess, setGuess } = forecast
  const { value, failure } = live
  const [asking, setAsking] = useState(false)
  const unknown = value ? value.base === null : failure !== undefined && failure.status !== 0
  return (
    <div class="forecast" aria-live="polite">
      {value && (
        <>
          <p class="forecast-words"><Words>{value.words}</Words></p>
          <dl class="forecast-figures">
            <div><dt>People needed</dt><dd>{value.people === null ? '–' : count(value.people)}</dd></div>
            <div><dt>Days, about</dt><dd>{value.days === null ? '–' : count(value.days)}</dd></div>
            <div>
              <dt>{value.share ? 'Today it is done by' : 'Today it is'}</dt>
              <dd title={value.share ? undefined : value.each}>{value.told ? hard(value.told) : '–'}</dd>
            </div>
          </dl>
          {value.curve && <Power curve={value.curve} margin={asked.plan.hypothesis.question === 'notWorse'} />}
          {value.record && (
            <details class="fold">
              <summary>How do you know?</summary>
              <p class="muted small"><Words>{value.record.words}</Words></p>
            </details>
          )}
          {value.promises?.length > 0 && (
            <details class="fold">
              <summary>What its ramp promises</summary>
              <ul>{value.promises.map((promise) => <li key={promise}>{promise}</li>)}</ul>
            </details>
          )}
          {tooLong(value, asked.offers.playbook.longest) && <Remedies {...asked} forecast={value} guess={guess} />}
        </>
      )}
      {!value && failure && unknown && <p>{failure.error} {failure.fix}</p>}
      {(asking || guess !== undefined || unknown) ? (
        <div id={fieldId('/base')} tabIndex={-1} class="row">
          {value?.share === false ? (
            <NumberField
              label="What is it now, roughly?" hint={value.each} min={0} step="any" value={guess ?? value.base ?? undefined}
              onValue={(n) => n > 0 && setGuess(n)}
            />
          ) : <NumberField
            label="How many of 100 visitors do it now, roughly?" unit="of 100" min={0.1} max={99} step="any"
            value={inHundred(guess ?? value?.base)}
            onValue={(n) => n > 0 && n < 100 && setGuess(n / 100)}
          />}
          {!unknown && (
            <Button small kind="quiet" onClick={() => (setGuess(undefined), setAsking(false))}>
              Use what was measured
            </Button>
          )}
        </div>
      ) : value && (
        <p class="hint" id={fieldId('/base')} tabIndex={-1}>
          This is as the latest test measured it.{' '}
          <button type="button" class="link" onClick={() => setAsking(true)}>I know better</button>
        </p>
      )}
    </div>
  )
}

/** The chance to find smaller and larger changes than the one that is hoped for, or to rule out the loss that is allowed. */
function Power({ curve, margin }: { curve: NonNullable<Forecast['curve']>; margin: boolean }) {
  return (
    <details class="fold">
      <summary>What it would find</summary>
      <Table
        label="What it would find" rows={curve} rowKey={({ by }) => by}
        columns={[
          { title: 'If it changes by', cell: ({ by }) => (margin ? changed(by, 1) : percent(Math.abs(by))) },
          {
            title: margin ? 'A larger loss is ruled out in' : 'It is found in', numeric: true,
            cell: ({ power }) => `${Math.round(power * 100)} of 100 tests`,
          },
        ]}
      />
    </details>
  )
}

/** 0.3 -> 30, without the digits that only a computer would see. */
const inHundred = (share: number | null | undefined): number | undefined =>
  (share ? Math.round(share * 1000) / 10 : undefined)

/** Whether it is known to take too long. Before the first visitors nobody can tell. */
const tooLong = (forecast: Forecast, longest: number): forecast is Forecast & { days: number } =>
  forecast.days !== null && forecast.days > longest

/** Three ways out, each with what it would take. */
function Remedies(
  { project, plan, offers, change, forecast, guess }: Asked & { forecast: { days: number }; guess: number | undefined },
) {
  const { metric, by, question } = plan.hypothesis
  const margin = question === 'notWorse'
  const bolder = useLive<Forecast>(ask(project, { ...plan.hypothesis, by: by * 2 }, guess), 0).value
  const guards = offers.playbook.guardrails.map((guardrail) => guardrail.metric)
  const nearer = useNearest(
    project, offers.metrics.map(({ key }) => key).filter((key) => key !== metric && !guards.includes(key)),
    plan.hypothesis, offers.playbook.longest,
  )
  const last = plan.ramp.at(-1) ?? 100
  const set = (part: Partial<Plan['hypothesis']>) => change({ ...plan, hypothesis: { ...plan.hypothesis, ...part } })
  return (
    <div class="remedies" role="note">
      <p>
        <Icon name="look" size={18} />
        <strong>That is {counted(Math.round(forecast.days / 7), 'week')}: too long to wait for an answer.</strong>
      </p>
      <ul>
        <li>
          <span>
            {margin ? 'Allow a larger loss, of' : 'Try something bolder, and look for'} {percent(by * 2)}{lasts(bolder)}.
          </span>
          <Button small onClick={() => set({ by: by * 2 })}>{margin ? 'Allow' : 'Look for'} {percent(by * 2)}</Button>
        </li>
        {nearer && (
          <li>
            <span>
              Measure something nearer to the change: <strong>{nearer.metric}</strong>{lasts(nearer.forecast)}.
            </span>
            <Button small onClick={() => set({ metric: nearer.metric })}>Measure {nearer.metric}</Button>
          </li>
        )}
        {last < 100 && (
          <li>
            <span>
              Let everybody take part in the end, not only {last} %: from then
              on {last === 50 ? 'twice' : `${Math.round(1000 / last) / 10} times`} as fast.
            </span>
            <Button small onClick={() => change({ ...plan, ramp: [...plan.ramp, 100] })}>Go up to 100 %</Button>
          </li>
        )}
      </ul>
      <Check
        label="Start it anyway as a safety check" hint="It will find harm, but not small gains."
        checked={plan.safety === true} onValue={(safety) => change({ ...plan, safety })}
      />
    </div>
  )
}

const lasts = (forecast: Forecast | undefined): string =>
  forecast?.days ? `: about ${counted(Math.ceil(forecast.days), 'day')}` : ''

/** The metric that would be known first, if any of the others would be. */
function useNearest(project: string, metrics: string[], wanted: Wanted, longest: number) {
  const [one = '', two = '', three = ''] = metrics
  const forecasts = [
    useLive<Forecast>(ask(project, { ...wanted, metric: one }, undefined), 0).value,
    useLive<Forecast>(ask(project, { ...wanted, metric: two }, undefined), 0).value,
    useLive<Forecast>(ask(project, { ...wanted, metric: three }, undefined), 0).value,
  ]
  return forecasts
    .flatMap((forecast, i) => {
      const metric = metrics[i]
      return metric && forecast && forecast.days !== null ? [{ metric, forecast, days: forecast.days }] : []
    })
    .sort((a, b) => a.days - b.days)
    .find(({ days }) => days <= longest)
}
