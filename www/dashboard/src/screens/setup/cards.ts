import type { CardKind, Channel, Service } from '../../types/channels'

/** What can be told, in words. A test goes where it is tried. */
export const KINDS: readonly { kind: CardKind; words: string }[] = [
  { kind: 'reached', words: 'The planned size is reached' },
  { kind: 'verdict', words: 'The verdict says something new' },
  { kind: 'rollback', words: 'A test stops itself' },
  { kind: 'ratio', words: 'Visitors are not split as planned' },
  { kind: 'hold', words: 'A ramp waits for data' },
  { kind: 'stale', words: 'No visitors come in' },
  { kind: 'overdue', words: 'A test runs too long' },
  { kind: 'approval', words: 'Somebody’s word is wanted' },
  { kind: 'undone', words: 'Something planned is left undone' },
  { kind: 'alert', words: 'The watch has found something' },
  { kind: 'digest', words: 'The week' },
  { kind: 'mention', words: 'A team or a person is named in a comment' },
]

/** Services by the names that people know: what each is for the engine. */
export const SERVICES: readonly { value: string; label: string; service: Service; template: string; example: string }[] = [
  { value: 'slack', label: 'Slack', service: 'slack', template: '', example: 'https://hooks.slack.com/services/…' },
  { value: 'mail', label: 'Mail', service: 'mail', template: '', example: 'ada@example.com, team, followers' },
  { value: 'teams', label: 'Microsoft Teams', service: 'webhook', template: 'teams', example: 'https://…' },
  { value: 'discord', label: 'Discord', service: 'webhook', template: 'discord', example: 'https://discord.com/api/webhooks/…' },
  { value: 'plain', label: 'Another webhook', service: 'webhook', template: 'plain', example: 'https://…' },
]

/** What a channel is to people: with a template of its own it is another webhook. */
export const serviceOf = ({ service, template }: Pick<Channel, 'service' | 'template'>) =>
  SERVICES.find((one) => one.service === service && one.template === template) ?? SERVICES.at(-1)!
