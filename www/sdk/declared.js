// What visitors are told apart by in numbers: the declared values of a context, and nothing else of it.

/** Values by dimension, or nothing where there are none. `dimensions` has the name of each, the steps to its value, and its values. */
export function declared(dimensions, context) {
  let told
  try {
    for (const [name, steps, values] of dimensions) {
      const value = String(steps.reduce((at, step) => at?.[step], context))
      if (values.includes(value)) (told ??= {})[name] = value
    }
  } catch {}
  return told
}
