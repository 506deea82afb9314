import { useState } from 'preact/hooks'
import { inProject, useLive } from '../../api'
import { Button, Card, Empty, LinkButton, Loaded } from '../../parts'
import type { Channel, Channels } from '../../types/channels'
import { ChannelForm } from './channel-form'
import { ChannelRow } from './channel'
import { Deliveries } from './deliveries'
import { Hours } from './hours'
import { Model } from './model'
import { Secret } from './secret'

/** Where messages go, what became of the last ones, and in which hours they wait. */
export function Integrations({ project }: { project: string }) {
  const live = useLive<Channels>(inProject(project, 'channels'), 10_000)
  const [edited, setEdited] = useState<Channel | 'new'>()
  const [made, setMade] = useState<Channel>()
  const [news, setNews] = useState(0)
  const again = (): void => {
    setNews(news + 1)
    void live.refresh()
  }
  const saved = (channel: Channel): void => {
    setEdited(undefined)
    setMade(channel.secret ? channel : undefined)
    again()
  }
  return (
    <>
      <Loaded live={live}>
        {({ channels, receiver }) => (
          <>
            {edited && (
              <ChannelForm
                key={edited === 'new' ? 'new' : edited.id} {...{ project, receiver, saved }}
                channel={edited === 'new' ? undefined : edited} onCancel={() => setEdited(undefined)}
              />
            )}
            <Card
              title="Where messages go"
              aside={!edited && <Button small icon="plus" onClick={() => setEdited('new')}>Connect</Button>}
            >
              {made?.secret && (
                <Secret label={`The secret of ${made.name}`} value={made.secret}>It signs what goes there, and is shown only now.</Secret>
              )}
              {channels.length === 0
                ? (
                  <Empty title="Messages go nowhere">
                    <p>Connect Slack, another service or mail: a message goes out when a test can be decided, when one stops itself, and once a week.</p>
                  </Empty>
                )
                : (
                  <ul class="stack">
                    {channels.map((channel) => <ChannelRow key={channel.id} {...{ project, channel, again }} onEdit={setEdited} />)}
                  </ul>
                )}
              {receiver && (
                <p class="small muted">
                  The demo has a receiver of its own. <LinkButton small kind="quiet" href="#/setup/integrations/received">See what was received</LinkButton>
                </p>
              )}
            </Card>
          </>
        )}
      </Loaded>
      <Deliveries key={news} project={project} />
      <Hours project={project} />
      <Model project={project} />
    </>
  )
}
