// An instance of a wasm file behind its bindings: made for the first question, and anew after a trap.

/** Gives `ask(work)`, which calls `work(bindings)` once there is an instance. `module()` brings the compiled file. */
export function opened(bindings, module) {
  let ready
  const open = async () => bindings.default({ module_or_path: await module() })

  return async function ask(work) {
    // What could not be brought is brought again for the next question.
    await (ready ??= open().catch((error) => {
      ready = undefined
      throw error
    }))
    try {
      return work(bindings)
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) bindings.__wbg_reset_state()
      throw error
    }
  }
}
