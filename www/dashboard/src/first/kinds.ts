// What somebody may have, and the one step that puts the engine in place there.

export const KINDS = [
  { value: 'site', label: 'A site' }, { value: 'app', label: 'An app with npm' }, { value: 'server', label: 'A server' },
] as const
export type Kind = (typeof KINDS)[number]['value']

const PLACE = 'pointsman.first'

export function rememberedKind(): Kind {
  try {
    return KINDS.find(({ value }) => value === localStorage.getItem(PLACE))?.value ?? 'site'
  } catch {
    return 'site'
  }
}

export function rememberKind(kind: Kind): void {
  try {
    localStorage.setItem(PLACE, kind)
  } catch {
    // Then it is asked again.
  }
}

/** What is copied, by what there is. */
export function stepOf(kind: Kind, site: string, keys: { client: string; server: string } | undefined): { words: string; code: string } {
  const origin = new URL(site).origin
  switch (kind) {
    case 'site':
      return {
        words: 'The edge stands in front of your site and serves it at this address. Open it once: it has to look as always.',
        code: site,
      }
    case 'app':
      return {
        words: 'In your application, in a terminal and then where it starts. The key is no secret.',
        code: [
          'npm i pointsman', '', "import { connect } from 'pointsman/connect'", '', 'const unit = (localStorage.unit ??= crypto.randomUUID())',
          `const flags = connect({ url: '${origin}', key: '${keys?.client ?? '…'}', context: { unit } })`, 'await flags.ready', `flags.seen('${CHECK}')`,
        ].join('\n'),
      }
    case 'server':
      return {
        words: 'In any language, by OpenFeature’s protocol. The key is a secret; it stands in Setup under Applications.',
        code: [
          `curl ${origin}/_pm/ofrep/v1/evaluate/flags/${CHECK} \\`, "  -H 'x-api-key: <the server key>' -H 'content-type: application/json' \\",
          `  -d '{"context": {"targetingKey": "a visitor’s id"}}'`,
        ].join('\n'),
      }
  }
}

/** The flag of the A/A check, where code asks for one. */
export const CHECK = 'install-check'
export const CHECK_TITLE = 'A/A check: both are the same'
