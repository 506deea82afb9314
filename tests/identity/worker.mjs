// The evaluator inside workerd: the bytes that the Worker ships, asked over HTTP.

import { answers } from './answer.mjs'
import module from './sdk/evaluator.wasm'
import { EdgeEvaluator, instances } from './sdk/edge.js'

let evaluator

export default {
  async fetch(request) {
    evaluator ??= new EdgeEvaluator(instances(module))
    return new Response(answers(evaluator, await request.text()))
  },
}
