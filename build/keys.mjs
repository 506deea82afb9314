// The secrets of a local project: made once, kept in a file that only its owner can read and that git ignores.

import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const secret = () => randomBytes(32).toString('base64url')

function make() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    unitKeys: `k1:${secret()}`,
    projectKey: secret(),
    publishKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64url'),
    // The last 32 bytes of the structure are the key itself.
    publishPublicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64url'),
    adminToken: `pm_${randomBytes(32).toString('hex')}`,
  }
}

/** The keys in `file`, made if there are none. */
export function keys(file) {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(make(), null, 2), { mode: 0o600 })
  }
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** The keys as the bindings that the Worker reads. It gets the admin token's hash, never the token. */
export const bindings = ({ unitKeys, projectKey, publishKey, publishPublicKey, adminToken }) => ({
  UNIT_KEYS: unitKeys,
  PROJECT_KEY: projectKey,
  PUBLISH_KEY: publishKey,
  PUBLISH_PUBLIC_KEY: publishPublicKey,
  ADMIN_TOKEN_HASH: createHash('sha256').update(adminToken).digest('hex'),
})
