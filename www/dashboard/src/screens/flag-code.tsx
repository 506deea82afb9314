import { useState } from 'preact/hooks'
import { Card, CopyButton, Segmented } from '../parts'
import type { EnvironmentKey, Flag } from '../types'
import { useDocument } from './document'

type Language = 'js' | 'react' | 'openfeature'

const LANGUAGES: { value: Language; label: string }[] = [
  { value: 'js', label: 'JavaScript' }, { value: 'react', label: 'React' }, { value: 'openfeature', label: 'OpenFeature' },
]

const GETTERS: Record<string, string> = { boolean: 'Boolean', string: 'String', number: 'Number' }

/** The lines that read the flag, with its off value for when nothing is known. */
function codeOf(flag: Flag, language: Language): string {
  const name = flag.key.replace(/[^a-zA-Z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())
  const off = JSON.stringify(flag.variants.find(({ key }) => key === flag.off)?.value ?? null)
  const ask = `'${flag.key}', ${off}`
  if (language === 'react') return `import { useFlag } from 'pointsman/react'\n\n// In a component within <FlagsProvider>:\nconst ${name} = useFlag(${ask})\n`
  if (language === 'js') return `import { inlined, open } from 'pointsman'\n\nconst flags = open(inlined())\nconst ${name} = flags.get(${ask})\n`
  return `import { OpenFeature } from '@openfeature/web-sdk'
import { inlined, open } from 'pointsman'
import { PointsmanProvider } from 'pointsman/openfeature-web'

OpenFeature.setProvider(new PointsmanProvider(open(inlined())))
const ${name} = OpenFeature.getClient().get${GETTERS[flag.kind] ?? 'Object'}Value(${ask})
`
}

/** What a developer copies. */
export function FlagCode({ project, environment, revision, flag }: {
  project: string; environment: EnvironmentKey; revision: number; flag: Flag
}) {
  const [language, setLanguage] = useState<Language>('js')
  const own = useDocument(project, environment, revision).value?.document?.flags[flag.key]
  const code = codeOf(flag, language)
  return (
    <Card title="Use it in code" aside={<CopyButton small value={code} of={`${flag.key} in code`} />}>
      <div><Segmented<Language> label="Language" value={language} options={LANGUAGES} onValue={setLanguage} /></div>
      <pre class="flag-code" tabIndex={0} aria-label="Code">{code}</pre>
      {own && !own.client && (
        <p class="hint">
          Its definition has no <code>client</code>, so browsers do not know of it and get the value for “off”. On a server read
          it from <code>serve(…).visit(request).all</code>.
        </p>
      )}
    </Card>
  )
}
