// The evaluator inside workerd, asked over HTTP. workerd makes no code from texts, so expressions come as a module.

import { asked } from './ask.mjs'
import { expressions } from './expressions.mjs'
import * as addresses from './sdk/address.js'
import module from './sdk/evaluator.wasm'
import { EdgeEvaluator, instances } from './sdk/edge.js'

let engine

export default {
  async fetch(request) {
    if (request.method === 'GET') return new Response('ready')
    engine ??= { evaluator: new EdgeEvaluator(instances(module)), addresses, made: (text) => expressions.get(text) }
    return Response.json(asked(engine, await request.json()))
  },
}
