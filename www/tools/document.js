// What can be asked of a document. Answers are plain objects, and what is wrong is one, too: `{problems}`.

import { Names } from '../sdk/names.js'
import { typesOf } from './types.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A document as text: as it is, from its bytes, or from an object. Nothing if it has none. */
function textOf(document) {
  if (typeof document === 'string') return document
  try {
    return document instanceof Uint8Array ? decoder.decode(document) : JSON.stringify(document)
  } catch {
    return undefined
  }
}

/** All problems of a document. The compiler knows what to say of one that is no text. */
function problemsOf(wasm, document) {
  const text = textOf(document)
  return text === undefined ? wasm.compile(document, 0, false).problems : wasm.check(text).problems
}

/** The questions. `ask` brings the wasm's bindings. */
export function compilerOf(ask) {
  return {
    check: (document) => ask((wasm) => ({ problems: problemsOf(wasm, document) })),

    compile: (document, { version = 0, client = false } = {}) => ask((wasm) => wasm.compile(document, version, client)),

    diff: (old, next, { now, counts } = {}) => ask((wasm) => wasm.diff(old, next, now, counts)),

    explain: (document, flag, context, { now = Date.now() } = {}) => ask((wasm) => wasm.explain(document, flag, context, now)),

    lint: (document, facts = {}) => ask((wasm) => wasm.lint(document, { now: Date.now(), ...facts })),

    prune: (document, known, { now, version = 0 } = {}) => ask((wasm) => {
      const answer = wasm.prune(document, known, now, version)
      return answer.snapshot ? { ...answer, attributes: new Names(answer.snapshot).attributes } : answer
    }),

    types: (document, { client = false } = {}) => ask((wasm) => {
      const problems = problemsOf(wasm, document)
      return problems.length > 0 ? { problems } : { text: typesOf(JSON.parse(textOf(document)), client) }
    }),
  }
}
