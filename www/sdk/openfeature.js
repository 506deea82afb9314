// What both OpenFeature providers have in common: our decisions in OpenFeature's words.

export const NAME = 'pointsman'

/** OpenFeature has no word for an exposure yet; the semantic conventions reserve this name. */
const EXPOSURE = 'feature_flag.exposure'

/** A context of ours: the targeting key is the unit. */
export const contextOf = ({ targetingKey, ...rest } = {}) => ({ ...rest, ...(targetingKey && { unit: targetingKey }) })

/** A resolution. Where something went wrong the caller's default stands, with a code that says what. */
export function resolved(key, { value, variant, reason, error, rule, run }, fallback, version) {
  const flagMetadata = Object.fromEntries(Object.entries({ version, rule, run }).filter(([, known]) => known !== undefined))
  const wrong = error ?? (typeof value === typeof fallback ? undefined : 'TYPE_MISMATCH')
  if (!wrong) return { value, variant, reason, flagMetadata }
  return { value: fallback, reason: 'ERROR', errorCode: wrong, errorMessage: `flag ${key} ${MESSAGES[wrong]}`, flagMetadata }
}

const MESSAGES = {
  FLAG_NOT_FOUND: 'not found: publish it here, and mark it for clients if browsers ask for it',
  TARGETING_KEY_MISSING: 'needs a targetingKey: a draw was due',
  INVALID_CONTEXT: 'needs another context: this is no plain object, or its targetingKey is empty or too long',
  TYPE_MISMATCH: 'has a value of another type than the default',
  GENERAL: 'could not be evaluated',
}

/** Why a source has no flags. While its key is refused none will come: OpenFeature calls that fatal. */
export const without = ({ refused, failure }, Fatal) =>
  refused ? new Fatal(refused) : new Error(`No flags could be loaded; defaults serve until they come. ${failure?.message ?? ''}`.trim(), { cause: failure })

/** The flag that an event of exposure names. */
export const exposed = (name, details = {}) =>
  name === EXPOSURE ? (details['feature_flag.key'] ?? details.flagKey) : undefined

/** What of an event's details is counted. */
export const plain = (details) =>
  Object.fromEntries(Object.entries(details ?? {}).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)))

/**
 * Tells OpenFeature what becomes of a source of flags: news, silence, and its end. Gives what ends that.
 *
 * @param events OpenFeature's emitter, and `names` its names of events
 * @param isQuiet whether OpenFeature knows already what is changing
 */
export function follow(source, events, names, isQuiet = () => false) {
  const stateOf = ({ version, stale }) => ({ version, status: version === undefined ? names.Error : stale ? names.Stale : names.Ready })
  let state = stateOf(source)
  return source.subscribe?.(() => {
    const before = state
    state = stateOf(source)
    if (isQuiet()) return
    if (state.status !== before.status) events.emit(state.status)
    const isNews = state.version !== before.version && before.version !== undefined
    if (isNews) events.emit(names.ConfigurationChanged, { flagsChanged: source.keys() })
  })
}

/** One resolver for each of OpenFeature's four types. */
export const resolvers = (resolve) => ({
  resolveBooleanEvaluation: resolve,
  resolveStringEvaluation: resolve,
  resolveNumberEvaluation: resolve,
  resolveObjectEvaluation: resolve,
})
