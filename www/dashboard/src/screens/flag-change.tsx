import { useState } from 'preact/hooks'
import { inEnvironment, useWrite } from '../api'
import { Button, Card, Icon, Problem, Select, toast, Words } from '../parts'
import type { EnvironmentKey, Flag, FlagPreview } from '../types'
import { ShareSlider } from './flag-share'
import { who } from './flag-state'
import { AskApproval, NewAdvice, Objections, Radius, usePreview } from './foresight'

interface Change {
  enabled: boolean
  share: number
  variant: string
}

export interface FlagProps {
  project: string
  environment: EnvironmentKey
  flag: Flag
  revision: number
  steps: number[]
  refresh(): Promise<void>
}

/** One pending change at a time: what it is now, what it would be, whom that moves, and then a save. */
export function ChangeShare({ project, environment, flag, revision, steps, refresh }: FlagProps) {
  const [pending, setPending] = useState<Partial<Change>>({})
  const write = useWrite()
  const path = inEnvironment(project, environment, 'flags', flag.key)
  const then: Change = { enabled: flag.enabled, share: flag.share, variant: flag.variant, ...pending }
  const body = differences(flag, then)
  const changed = Object.keys(body).length > 0
  const preview = usePreview<FlagPreview>('PUT', path, changed ? JSON.stringify(body) : null, revision)
  const refused = preview?.ok === false ? preview : undefined
  const change = (part: Partial<Change>): void => {
    write.clear()
    setPending((before) => ({ ...before, ...part }))
  }

  async function save(): Promise<void> {
    const done = await write.send('PUT', path, body, revision)
    if (done === undefined) return
    toast({ text: `${flag.key}: ${words(then, flag)} now.` })
    setPending({})
    await refresh()
  }

  const again = {
    label: 'Show what it is now',
    act: () => {
      write.clear()
      void refresh()
    },
  }
  const others = flag.variants.filter(({ key }) => key !== flag.off)
  return (
    <Card title="Who gets it">
      {others.length > 1 && (
        <Select
          label="Which variant" value={then.variant} onValue={(variant) => change({ variant })}
          options={others.map(({ key }) => ({ value: key, label: key }))}
        />
      )}
      <ShareSlider
        label={`Visitors who get “${then.variant}”`} value={then.share} steps={steps}
        onValue={(share) => change({ share })}
      />
      {!flag.enabled && !then.enabled && (
        <div class="row">
          <p>It is off, so everybody gets <code>{flag.off}</code> whatever the slider says.</p>
          <Button small onClick={() => change({ enabled: true })}>Turn it on with this share</Button>
        </div>
      )}
      {changed && (
        <div class="pending" role="group" aria-label="The change before you save it">
          <p class="pending-diff">
            <span>now <strong>{words(flag, flag)}</strong></span>
            <Icon name="next" size={18} title="then" />
            <span>then <strong>{words(then, flag)}</strong></span>
          </p>
          <div aria-live="polite">
            {preview?.ok && (
              <>
                <p><Words>{preview.value.words}</Words></p>
                {!write.failure && <Objections problems={preview.value.problems} />}
                <NewAdvice advice={preview.value.advice} />
                {/* Where there is one path, the sentence above has said all. */}
                <Radius
                  said={flag.key} changes={preview.value.changes.filter((one) => one.flag !== flag.key || one.looked > 1)}
                />
              </>
            )}
            {!preview && <p class="muted">Counting who would move …</p>}
          </div>
          {(write.failure ?? refused) && (
            <Problem
              failure={(write.failure ?? refused)!}
              again={write.failure?.status === 412 ? again : undefined}
            />
          )}
          {preview?.ok && preview.value.approvable && (
            <AskApproval
              {...{ path, body, revision, environment }} method="PUT" onAsked={() => setPending({})}
            />
          )}
          <div class="actions">
            <Button kind="primary" busy={write.busy} onClick={() => void save()}>
              Save: {words(flag, flag)} to {words(then, flag)}
            </Button>
            <Button kind="quiet" onClick={() => { write.clear(); setPending({}) }}>Discard</Button>
          </div>
        </div>
      )}
    </Card>
  )
}

function differences(now: Flag, then: Change): Partial<Change> {
  const body: Partial<Change> = {}
  if (then.enabled !== now.enabled) body.enabled = then.enabled
  // The slider moves in whole percent; what lies closer than a thousandth was not moved.
  if (Math.abs(then.share - now.share) > 0.0005) body.share = then.share
  if (then.variant !== now.variant) body.variant = then.variant
  return body
}

function words({ enabled, share, variant }: Change, flag: Flag): string {
  const some = !enabled ? 'off' : share > 0 && share < 1 ? who(share) : who(share).toLowerCase()
  return variant === flag.variant ? some : `${some} (${variant})`
}
