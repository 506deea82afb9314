import { useState } from 'preact/hooks'
import { call, inProject, useLive, useWrite } from '../../api'
import { Button, Card, LinkButton, Loaded, Problem, problemAt, Status, TextField, toast } from '../../parts'
import type { Settings } from '../../types'

/** Where reports go when something needs somebody: Slack, Teams, Mattermost, or anything that takes a webhook. */
export function MessageSettings({ project }: { project: string }) {
  const live = useLive<Settings>(inProject(project, 'settings'), 0)
  return (
    <Card title="Where messages go">
      <Loaded live={live}>
        {(settings) => <Form key={settings.revision} {...{ project, settings }} saved={live.set} />}
      </Loaded>
    </Card>
  )
}

function Form({ project, settings, saved }: { project: string; settings: Settings; saved(settings: Settings): void }) {
  const [webhook, setWebhook] = useState(settings.settings.webhook)
  const [feed, setFeed] = useState(settings.settings.feed)
  const [zone, setZone] = useState(settings.settings.zone)
  const [quiet, setQuiet] = useState(settings.settings.quiet)
  const [trial, setTrial] = useState<{ delivered: boolean; why: string }>()
  const [testing, setTesting] = useState(false)
  const write = useWrite()
  const sent = { webhook: webhook.trim(), feed: feed.trim(), zone: zone.trim(), quiet: quiet.trim() }
  const changed = Object.entries(sent).some(([name, value]) => value !== settings.settings[name as keyof typeof sent])
  const problems = write.failure?.problems

  async function save(): Promise<void> {
    const path = inProject(project, 'settings')
    const done = await write.send<Settings>('PUT', path, sent, settings.revision)
    if (!done) return
    toast({ text: 'Saved.' })
    saved(done)
  }

  async function test(): Promise<void> {
    setTesting(true)
    const path = inProject(project, 'settings', 'test')
    const result = await call<{ delivered: boolean; why: string }>('POST', path, { body: {} })
    setTesting(false)
    setTrial(result.ok ? result.value : { delivered: false, why: `${result.error} ${result.fix}` })
  }

  return (
    <form
      class="stack" onSubmit={(event) => {
        event.preventDefault()
        if (changed && !write.busy) void save()
      }}
    >
      <p class="muted">A message goes out when a test can be decided, when one stops itself, and once a week.</p>
      <TextField
        label="Webhook" type="text" inputMode="url" value={webhook} onValue={setWebhook}
        placeholder="https://hooks.slack.com/services/…" spellcheck={false}
        autoComplete="off" hint="Slack calls it an incoming webhook. Leave it empty and nothing is sent."
        problem={problemAt(problems, '/webhook') ?? problemAt(problems, '/settings/webhook')}
      />
      {settings.receiver && (
        <p class="small">
          The demo has a receiver of its own: <code>{settings.receiver}</code>{' '}
          {webhook !== settings.receiver && (
            <Button small onClick={() => setWebhook(settings.receiver ?? '')}>Use it</Button>
          )}
        </p>
      )}
      <TextField
        label="Raw log" type="text" inputMode="url" value={feed} onValue={setFeed}
        placeholder="https://data.example.com/pointsman" spellcheck={false} autoComplete="off"
        hint="Every line of the log is posted here, signed, about a minute after it was written. Leave it empty and it stays here."
        problem={problemAt(problems, '/feed')}
      />
      <TextField
        label="Zone of the project" value={zone} onValue={setZone} placeholder="UTC" spellcheck={false} autoComplete="off"
        hint={`In its hours starts, stops and changes are planned. Yours is ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`}
        problem={problemAt(problems, '/zone')}
      />
      <TextField
        label="Quiet hours" value={quiet} onValue={setQuiet} placeholder="22:00-07:00" spellcheck={false}
        autoComplete="off" hint="Only stops are told then; everything else waits until they end. Empty for none."
        problem={problemAt(problems, '/quiet')}
      />
      {write.failure && <Problem failure={write.failure} />}
      <div class="actions">
        <Button kind="primary" type="submit" busy={write.busy} disabled={!changed}>Save</Button>
        <Button busy={testing} disabled={changed || settings.settings.webhook === ''} onClick={() => void test()}>
          Send a test
        </Button>
        {settings.receiver && (
          <LinkButton kind="quiet" href="#/setup/messages/received">See what was received</LinkButton>
        )}
      </div>
      <div role="status">
        {trial && (trial.delivered
          ? <Status tone="ok">The test message was delivered.</Status>
          : <Status tone="look">It was not delivered. {trial.why}</Status>)}
      </div>
    </form>
  )
}
