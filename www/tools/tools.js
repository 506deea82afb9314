// `pointsman/tools`, for Node and browsers: what can be asked of a document, and of numbers. A wasm file is fetched when
// the first function that needs it is called.

const compiler = (name) => async (...given) => (await import('./compiler.js'))[name](...given)
const rehearsal = (name) => async (...given) => (await import('./rehearsal.js'))[name](...given)
const numbers = (name) => async (...given) => (await import('./statistics.js'))[name](...given)

export const check = /* @__PURE__ */ compiler('check')
export const compile = /* @__PURE__ */ compiler('compile')
export const diff = /* @__PURE__ */ compiler('diff')
export const explain = /* @__PURE__ */ compiler('explain')
export const lint = /* @__PURE__ */ compiler('lint')
export const prune = /* @__PURE__ */ compiler('prune')
export const types = /* @__PURE__ */ compiler('types')

export const rehearse = /* @__PURE__ */ rehearsal('rehearse')

export const detectable = /* @__PURE__ */ numbers('detectable')
export const harm = /* @__PURE__ */ numbers('harm')
export const read = /* @__PURE__ */ numbers('read')
export const sampleRatio = /* @__PURE__ */ numbers('sampleRatio')
export const size = /* @__PURE__ */ numbers('size')
export const statistics = /* @__PURE__ */ numbers('statistics')
