import type { ComponentChildren } from 'preact'
import { Screen } from '../parts'
import { Appearance } from './setup/appearance'
import { Applications } from './setup/applications'
import { Environments } from './setup/environments'
import { History } from './setup/history'
import { Integrations } from './setup/integrations'
import { People } from './setup/people'
import { PlaybookSettings } from './setup/playbook'
import { TeamSettings } from './setup/teams'
import { Tokens } from './setup/tokens'

export const SECTIONS: { path: string; word: string; part: (props: { project: string }) => ComponentChildren }[] = [
  { path: 'people', word: 'People', part: People },
  { path: 'teams', word: 'Teams', part: TeamSettings },
  { path: 'tokens', word: 'Tokens', part: Tokens },
  { path: 'playbook', word: 'Playbook', part: PlaybookSettings },
  { path: 'integrations', word: 'Integrations', part: Integrations },
  { path: 'history', word: 'History', part: History },
  { path: 'environments', word: 'Environments', part: Environments },
  { path: 'applications', word: 'Applications', part: Applications },
  { path: 'appearance', word: 'Appearance', part: Appearance },
]

export function Setup({ project, section }: { project: string; section?: string }) {
  const shown = SECTIONS.find(({ path }) => path === section) ?? SECTIONS[0]!
  const Part = shown.part
  return (
    <Screen title="Setup" name={`${shown.word}, Setup`}>
      <nav class="tabs" aria-label="Parts of the setup">
        {SECTIONS.map(({ path, word }) => (
          <a key={path} href={`#/setup/${path}`} aria-current={path === shown.path ? 'page' : undefined}>{word}</a>
        ))}
      </nav>
      <Part key={shown.path} project={project} />
    </Screen>
  )
}
