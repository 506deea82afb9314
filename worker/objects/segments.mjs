// Where segments of the raw log lie: a bucket of R2 on Cloudflare, a folder of this machine behind workerd's disk service.

/** Whether this is a bucket. Of a service any name can be read, as if it were a method somewhere else. */
const isBucket = (log) => log.constructor.name === 'R2Bucket'

/** Puts a text there, gzipped. Tells whether it is there now. */
export async function put(log, name, text) {
  const body = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
  try {
    if (isBucket(log)) return Boolean(await log.put(name, body))
    return (await log.fetch(`http://log/${name}`, { method: 'PUT', body })).ok
  } catch {
    return false
  }
}

/** What lies there, or nothing. */
export async function read(log, name) {
  try {
    if (isBucket(log)) return (await log.get(name))?.body
    const response = await log.fetch(`http://log/${name}`)
    return response.ok ? response.body : undefined
  } catch {
    return undefined
  }
}

export const unzipped = (body) => new Response(body.pipeThrough(new DecompressionStream('gzip'))).text()

/** Deletes it. Tells whether it is gone. */
export async function erase(log, name) {
  try {
    if (isBucket(log)) return (await log.delete(name), true)
    const { ok, status } = await log.fetch(`http://log/${name}`, { method: 'DELETE' })
    return ok || status === 404
  } catch {
    return false
  }
}
