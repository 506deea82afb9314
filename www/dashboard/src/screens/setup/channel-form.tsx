import { useState } from 'preact/hooks'
import { inProject, useWrite } from '../../api'
import { Button, Card, Check, Problem, problemAt, Select, TextArea, TextField, toast, useFirst } from '../../parts'
import { useHere } from '../../project'
import { optionsOf, useTeams } from '../../teams/teams'
import type { CardKind, Channel } from '../../types/channels'
import { KINDS, SERVICES, serviceOf } from './cards'

const EVERYWHERE = { value: '', label: 'Every environment' }

/** Connects a place for messages, or changes one. Its address is never shown again. */
export function ChannelForm({ project, channel, receiver, saved, onCancel }: {
  project: string; channel?: Channel; receiver: string | null; saved(channel: Channel): void; onCancel(): void
}) {
  const { environments } = useHere()
  const teams = useTeams(project)
  const [known, setKnown] = useState(channel ? serviceOf(channel).value : 'slack')
  const [name, setName] = useState(channel?.name ?? '')
  const [address, setAddress] = useState(channel?.service === 'mail' ? channel.to : '')
  const [template, setTemplate] = useState(channel?.template ?? '')
  const [kinds, setKinds] = useState<CardKind[]>(channel?.route.kinds.length ? channel.route.kinds : KINDS.map(({ kind }) => kind))
  const [team, setTeam] = useState(channel?.route.team ?? '')
  const [environment, setEnvironment] = useState(channel?.route.environments[0] ?? '')
  const write = useWrite()
  const form = useFirst()
  const { service, template: usual, example, value } = SERVICES.find((one) => one.value === known)!
  const problem = (pointer: string): string | undefined => problemAt(write.failure?.problems, pointer)
  const stays = channel?.service === service && service !== 'mail' && channel.to !== ''

  async function save(event: Event): Promise<void> {
    event.preventDefault()
    const path = channel ? inProject(project, 'channels', String(channel.id)) : inProject(project, 'channels')
    const own = value === 'plain' ? template.trim() || usual : usual
    const route = { team, kinds: kinds.length === KINDS.length ? [] : kinds, environments: environment ? [environment] : [] }
    const sent = { name: name.trim(), service, address: address.trim(), template: own, route }
    const done = await write.send<Channel>(channel ? 'PUT' : 'POST', path, sent, channel?.revision)
    if (!done) return
    toast({ text: `${done.name} is saved.` })
    saved(done)
  }

  const toggle = (kind: CardKind) => (on: boolean): void => setKinds(on ? [...kinds, kind] : kinds.filter((one) => one !== kind))
  return (
    <Card title={channel ? `Change ${channel.name}` : 'Connect'}>
      <form ref={form} class="stack" onSubmit={(event) => void save(event)}>
        <Select label="Service" value={known} options={SERVICES} onValue={setKnown} />
        <TextField
          label="Name" value={name} onValue={setName} required maxLength={100} autoComplete="off" placeholder="#experiments"
          hint="What people call the place." problem={problem('/name')}
        />
        <TextField
          label={service === 'mail' ? 'Addresses' : 'Webhook'} inputMode={service === 'mail' ? 'text' : 'url'} value={address} onValue={setAddress}
          required={!stays} placeholder={stays ? 'Stays as it is' : example} spellcheck={false} autoComplete="off"
          hint={service === 'mail'
            ? 'Separated by commas. “team” and “followers” are those of what is told of.'
            : 'Whoever has it can write there, so it is kept and never shown again.'}
          problem={problem('/address')}
        />
        {receiver && service !== 'mail' && address !== receiver && (
          <div><Button small onClick={() => setAddress(receiver)}>Use the demo’s receiver</Button></div>
        )}
        {value === 'plain' && (
          <TextArea
            label="Template (optional)" value={template} onValue={setTemplate} spellcheck={false} problem={problem('/template')}
            placeholder={'{"text": "{title}: {headline}", "link": "{link}"}'}
            hint="A JSON object; names in braces stand for what is told. Left empty, everything is posted."
          />
        )}
        <fieldset class="stack stack-close">
          <legend>What goes there</legend>
          {KINDS.map(({ kind, words }) => <Check key={kind} label={words} checked={kinds.includes(kind)} onValue={toggle(kind)} />)}
        </fieldset>
        <Select label="Of whom" value={team} onValue={setTeam} options={optionsOf(teams.value, 'Every team')} problem={problem('/route/team')} />
        <Select
          label="Where it happens" value={environment} onValue={setEnvironment}
          options={[EVERYWHERE, ...environments.map(({ key }) => ({ value: key, label: key }))]}
        />
        {write.failure && <Problem failure={write.failure} />}
        <div class="actions">
          <Button kind="primary" type="submit" busy={write.busy} disabled={!name.trim() || !(address.trim() || stays) || kinds.length === 0}>Save the place</Button>
          <Button kind="quiet" onClick={onCancel}>Cancel</Button>
        </div>
      </form>
    </Card>
  )
}
