import { VariantName } from '../live/arms'
import { Card, Words } from '../parts'
import { DOTS } from '../pictures/dots'
import { DotPicture, inWords } from '../pictures/dot-picture'
import type { Mark } from '../pictures/dots'
import type { Reading } from '../types'
import { count, hard, percent } from '../words'

/** How much it does, as fifty dots, as a range in words, and for a thousand visitors. */
export function Effect({ reading, hoped }: { reading: Reading; hoped: Mark | null }) {
  const { metric, lift, answers, prior, better, reach, experiment, recommend } = reading
  const direction = experiment.plan?.hypothesis.direction ?? 'up'
  return (
    <Card title={metric.description || metric.key} aside={<code>{metric.key}</code>}>
      {recommend === 'fix' && (
        <p class="unsound-note">
          These numbers are kept for whoever looks for the cause. They say nothing about which version is better.
        </p>
      )}
      <Rates reading={reading} />
      {recommend === 'fix' ? null : !lift ? (
        <p>
          <strong>Nothing can be compared yet.</strong> More visitors have to do it on both sides; until then a
          difference would mostly show luck.
        </p>
      ) : (
        <>
          <div class="effect">
            <div class="effect-picture">
              <DotPicture
                range={lift} answers={answers ?? []} direction={direction} hoped={hoped} label={inWords(lift, better, reach, hoped)}
              />
              <Key hoped={hoped} />
            </div>
            <div class="effect-words">
              {answers && <p>
                <strong>{better} of {DOTS}</strong> equally likely answers are better than the old version
                {hoped !== null && (
                  hoped.word === 'hoped'
                    ? <>; <strong>{reach} of {DOTS}</strong> reach the {percent(Math.abs(hoped.at))} that you hoped for</>
                    : <>; <strong>{reach} of {DOTS}</strong> lose no more than the {percent(Math.abs(hoped.at))} that you allow</>
                )}.
              </p>}
              <p><Words>{lift.words}</Words></p>
              {lift.means && <p class="muted"><Words>{lift.means}</Words></p>}
              {prior && <p class="muted">{prior}</p>}
            </div>
          </div>
        </>
      )}
    </Card>
  )
}

/** A rate without a range beside it would be read as a result, so until then there are only counts. */
function Rates({ reading: { arms, experiment, lift, metric } }: { reading: Reading }) {
  return (
    <dl class="rates">
      {arms.map((arm) => (
        <div key={arm.variant} class="rate">
          <dt><VariantName name={arm.variant} control={experiment.control} /></dt>
          <dd>
            {lift && <span class="rate-figure">{arm.told && hard(arm.told)}</span>}
            <span class="muted small">
              {metric.share ? `${count(arm.converted)} of ` : lift ? `${metric.each}, ` : ''}{count(arm.confirmed)} people
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Key({ hoped }: { hoped: Mark | null }) {
  const marks = [
    {
      name: 'worse', mark: <path class="dot-worse" d="M7 1.5 12.5 7 7 12.5 1.5 7z" />,
      words: 'worse than the old version',
    },
    { name: 'better', mark: <circle class="dot-better" cx="7" cy="7" r="5.5" />, words: 'better' },
    ...(hoped?.word !== 'hoped'
      ? []
      : [{ name: 'reaches', mark: <circle class="dot-reaches" cx="7" cy="7" r="5.5" />, words: 'as good as hoped' }]),
  ]
  return (
    <ul class="dots-key" aria-hidden="true">
      {marks.map(({ name, mark, words }) => (
        <li key={name}><svg width="14" height="14" viewBox="0 0 14 14">{mark}</svg> {words}</li>
      ))}
    </ul>
  )
}
