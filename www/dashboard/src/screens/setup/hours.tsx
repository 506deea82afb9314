import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../../api'
import { Button, Card, Loaded, Problem, problemAt, TextField, toast } from '../../parts'
import type { Settings } from '../../types'

/** When messages wait, in which zone the project plans, and where the raw log goes. */
export function Hours({ project }: { project: string }) {
  const live = useLive<Settings>(inProject(project, 'settings'), 0)
  return (
    <Card title="Hours, the raw log and recordings">
      <Loaded live={live}>
        {(settings) => <Form key={settings.revision} {...{ project, settings }} saved={live.set} />}
      </Loaded>
    </Card>
  )
}

function Form({ project, settings, saved }: { project: string; settings: Settings; saved(settings: Settings): void }) {
  const [feed, setFeed] = useState(settings.settings.feed)
  const [replay, setReplay] = useState(settings.settings.replay)
  const [zone, setZone] = useState(settings.settings.zone)
  const [quiet, setQuiet] = useState(settings.settings.quiet)
  const write = useWrite()
  const sent = { feed: feed.trim(), replay: replay.trim(), zone: zone.trim(), quiet: quiet.trim() }
  const changed = Object.entries(sent).some(([name, value]) => value !== settings.settings[name as keyof typeof sent])
  const problems = write.failure?.problems

  async function save(): Promise<void> {
    const done = await write.send<Settings>('PUT', inProject(project, 'settings'), sent, settings.revision)
    if (!done) return
    toast({ text: 'Saved.' })
    saved(done)
  }

  return (
    <form
      class="stack" onSubmit={(event) => {
        event.preventDefault()
        if (changed && !write.busy) void save()
      }}
    >
      <TextField
        label="Zone of the project" value={zone} onValue={setZone} placeholder="UTC" spellcheck={false} autoComplete="off"
        hint={`In its hours starts, stops and changes are planned. Yours is ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`}
        problem={problemAt(problems, '/zone')}
      />
      <TextField
        label="Quiet hours" value={quiet} onValue={setQuiet} placeholder="22:00-07:00" spellcheck={false}
        autoComplete="off" hint="Only what is urgent is told then, such as a stop; everything else waits until they end. Empty for none."
        problem={problemAt(problems, '/quiet')}
      />
      <TextField
        label="Raw log" type="text" inputMode="url" value={feed} onValue={setFeed}
        placeholder="https://data.example.com/pointsman" spellcheck={false} autoComplete="off"
        hint="Every line of the log is posted here, signed, about a minute after it was written. Leave it empty and it stays here."
        problem={problemAt(problems, '/feed')}
      />
      <TextField
        label="Recordings of sessions" type="text" inputMode="url" value={replay} onValue={setReplay}
        placeholder="https://replays.example.com/session/{id}" spellcheck={false} autoComplete="off"
        hint="Where your vendor shows a recording, with {id} in the place of its name. Recordings that come with their own address need none."
        problem={problemAt(problems, '/replay')}
      />
      {write.failure && <Problem failure={write.failure} />}
      <div class="actions">
        <Button kind="primary" type="submit" busy={write.busy} disabled={!changed}>Save</Button>
      </div>
    </form>
  )
}
