import type { ComponentChildren } from 'preact'

/** Slack's own markup: *bold*, _italic_, `code`, <address|words>. Whatever else is there is text. */
const MARKS = /\*([^*\n]+)\*|\b_([^_\n]+)_\b|`([^`\n]+)`|<(https?:[^|>\s]+)(?:\|([^>]*))?>/g

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

export function Mrkdwn({ text }: { text: string }) {
  return <p class="mrkdwn">{parts(text)}</p>
}

function parts(text: string): ComponentChildren[] {
  const found: ComponentChildren[] = []
  let from = 0
  for (const match of text.matchAll(MARKS)) {
    const [whole, bold, italic, code, address, words] = match
    found.push(plain(text.slice(from, match.index)))
    if (bold) found.push(<strong>{parts(bold)}</strong>)
    else if (italic) found.push(<em>{plain(italic)}</em>)
    else if (code) found.push(<code>{plain(code)}</code>)
    else if (address) found.push(<a href={plain(address)}>{plain(words || address)}</a>)
    from = match.index + whole.length
  }
  found.push(plain(text.slice(from)))
  return found
}

const plain = (text: string): string => text.replaceAll(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity)
