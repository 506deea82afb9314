import { inProject, useLive } from '../api'
import { Card, Empty, Few, LinkButton, Loaded, Screen, Time } from '../parts'
import type { Block, Mail, Message } from '../types'
import { Mrkdwn } from './mrkdwn'

/** The demo's own receiver: what a channel in Slack and a mailbox would show, with no account anywhere. */
export function Messages({ project }: { project: string }) {
  const live = useLive<{ messages: Message[] }>(inProject(project, 'demo', 'messages'), 3000)
  return (
    <Screen
      title="Messages received" above={<a href="#/setup/integrations">Setup, Integrations</a>}
      aside={<span>as Slack and a mailbox would show them</span>}
    >
      <Loaded live={live}>
        {({ messages }) => (messages.length === 0
          ? (
            <Empty title="No message yet" action={<LinkButton href="#/setup/integrations">Send a test</LinkButton>}>
              <p>One arrives when a test can be decided or stops itself, and once a week.</p>
            </Empty>
          )
          : (
            <Card>
              <Few of={messages}>
                {(shown) => (
                  <ul class="received">
                    {shown.map((message, index) => (
                      <li key={`${message.at} ${messages.length - index}`}>
                        {message.payload?.mail ? <MailView at={message.at} mail={message.payload.mail} /> : <Received message={message} />}
                      </li>
                    ))}
                  </ul>
                )}
              </Few>
            </Card>
          ))}
      </Loaded>
    </Screen>
  )
}

function Received({ message: { at, text, payload } }: { message: Message }) {
  const blocks = payload?.blocks ?? []
  return (
    <article class="message">
      <span class="message-face" aria-hidden="true">P</span>
      <div class="message-body">
        <p>
          <strong>Pointsman</strong> <span class="message-app">app</span>
          {' '}<span class="muted small"><Time at={at} /></span>
        </p>
        {blocks.length === 0
          ? text ? <Mrkdwn text={text} /> : <pre tabIndex={0} aria-label="What was posted">{JSON.stringify(payload, null, 2)}</pre>
          : blocks.map((block, index) => <BlockView key={index} block={block} />)}
      </div>
    </article>
  )
}

function MailView({ at, mail: { from, to, subject, text } }: { at: number; mail: Mail }) {
  return (
    <article class="message">
      <span class="message-face" aria-hidden="true">@</span>
      <div class="message-body">
        <p><strong>{from}</strong> <span class="message-app">mail</span> <span class="muted small"><Time at={at} /> to {to.join(', ')}</span></p>
        <h2>{subject}</h2>
        {text.split(/\n{2,}/).map((paragraph, index) => <p key={index} class="message-lines">{paragraph.trim()}</p>)}
      </div>
    </article>
  )
}

function BlockView({ block }: { block: Block }) {
  switch (block.type) {
    case 'header':
      return <h2>{block.text?.text}</h2>
    case 'section':
      return (
        <>
          {block.text && <Mrkdwn text={block.text.text} />}
          {block.fields && <div class="two">{block.fields.map(({ text }) => <Mrkdwn key={text} text={text} />)}</div>}
        </>
      )
    case 'context':
      return (
        <div class="small muted">
          {block.elements?.map((element, index) => <Mrkdwn key={index} text={wordsOf(element.text)} />)}
        </div>
      )
    case 'actions':
      return (
        <div class="actions">
          {block.elements?.filter(({ url }) => isWeb(url)).map(({ text, url, style }) => (
            <LinkButton key={url} small href={url ?? ''} kind={style === 'primary' ? 'primary' : 'plain'}>
              {wordsOf(text)}
            </LinkButton>
          ))}
        </div>
      )
    case 'divider':
      return <hr />
    default:
      return block.text ? <Mrkdwn text={block.text.text} /> : null
  }
}

const wordsOf = (text: string | { text: string } | undefined): string =>
  typeof text === 'string' ? text : text?.text ?? ''

/** A message comes from outside, and `javascript:` is a link too. */
const isWeb = (url: string | undefined): boolean => /^(https?:\/\/|#)/.test(url ?? '')
