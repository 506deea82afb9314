/** A Worker: what Cloudflare and workerd call for each request. */
export interface Handler {
  fetch(request: any, env: any, context: any): any
}

/**
 * Puts the edge in front of a Worker of your own, which stays the origin of its pages. Hosts that are no site of ours are
 * the handler's alone. The Worker's `wrangler.toml` needs our variables, objects and rules.
 */
export function withPointsman<T extends Handler>(handler: T): T

/** The Durable Objects, which the Worker has to export, too. */
export const Control: any
export const Shard: any
export const Voices: any
