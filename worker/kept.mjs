// Runs whose visitors keep what they have met, because their split moves (docs/language.md, `sticky`). Where a snapshot has
// none no visit comes here.

import { FORCED, PREVIEWED } from './preview.mjs'
import { earlierOf } from './tokens.mjs'

/** What a visitor has met, by the tokens that they carry: `context` for rules, and `own`, a decision as it was made first. */
export async function metBy(around, unit) {
  // What was forced was not drawn.
  const met = new Map([...await earlierOf(around, unit)].filter(([, { flags }]) => !(flags & (FORCED | PREVIEWED))))
  const { attributes } = around.names
  return {
    context: { sticky: Object.fromEntries([...met].map(([run, { variant }]) => [run, variant])) },

    /** Whoever keeps a variant counts in the epoch in which they drew it, and carries the token of then. */
    own(decision) {
      const { run, variant } = decision
      const was = run && attributes.includes(`/sticky/${run.id}`) ? met.get(run.id) : undefined
      return was?.variant === variant ? { ...decision, run: { ...run, epoch: was.epoch } } : decision
    },
  }
}
