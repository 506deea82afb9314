// The file's codes in our words: any of these on the other side means the same.

const CODES = {
  E_CFG_JSON: ['json', 'duplicate-key'],
  E_CFG_UTF8: ['utf8', 'json'],
  E_CFG_SCHEMA: ['shape', 'conflict', 'name', 'unknown', 'draw', 'duplicate-key'],
  E_CFG_DUPLICATE: ['duplicate-key', 'conflict'],
  E_CFG_DUP_KEY: ['duplicate-key', 'conflict'],
  E_CFG_DEPTH: ['depth', 'cycle', 'limit'],
  E_CFG_WEIGHT: ['split', 'shape'],
  E_CFG_TOO_LARGE: ['too-large'],
  E_CFG_LIMIT: ['limit', 'shape', 'too-large', 'cycle'],
  E_CFG_CYCLE: ['cycle'],
  E_CFG_REF: ['unknown', 'conflict'],
  E_CFG_REGEX: ['regex'],
  E_CFG_KEY: ['name', 'duplicate-key', 'limit'],
  E_CFG_REDIRECT_TARGET: ['unsafe', 'shape', 'limit'],
  E_CFG_TIME: ['shape', 'conflict', 'limit'],
  E_CFG_SIGNATURE: ['signature'],
  E_CFG_VERSION: ['shape', 'stale'],
  E_CTX_ID_INVALID: ['INVALID_CONTEXT', 'json', 'utf8'],
  E_CTX_ID_MISSING: ['TARGETING_KEY_MISSING', 'INVALID_CONTEXT'],
  E_CTX_TYPE: ['INVALID_CONTEXT', 'shape'],
  E_CTX_TOO_LARGE: ['too-large', 'INVALID_CONTEXT'],
  E_CTX_HOST_EXCEPTION: ['INVALID_CONTEXT'],
  E_CTX_JSON: ['json', 'duplicate-key'],
  E_CTX_UTF8: ['utf8', 'json'],
  E_CTX_DUPLICATE: ['duplicate-key'],
  E_CTX_DEPTH: ['depth', 'too-large'],
  E_CTX_SCHEMA: ['shape', 'INVALID_CONTEXT'],
  E_URL: ['address'],
  FLAG_NOT_FOUND: ['FLAG_NOT_FOUND'],
}

/** Warnings of attributes that are dropped: our evaluator names them as unusable. */
export const DROPPED = /^E_CTX_(ATTR_|NONFINITE|LIST|ITEM)/

/** Warnings of a document. */
export const WARNINGS = { W_SALT_REUSE: 'draw' }

/** Whether one of our codes stands for this one of theirs. A code that is not known is said to be so. */
export function means(theirs, ours) {
  if (!Object.hasOwn(CODES, theirs)) throw new Error(`the code ${theirs} is not known`)
  return CODES[theirs].includes(ours)
}
