// Whether what was given is as a schema has it: of JSON Schema what the tools of assistants need (worker/tools.mjs). Objects are
// closed, unless they say that they are not.

/** All that is wrong with a value, each with its place, cause and fix. */
export function wrongs(schema, value, pointer = '') {
  const wrong = (cause, fix, at = pointer) => ({ pointer: at, code: 'argument', cause, fix })
  if (!IS[schema.type](value)) return [wrong(`This is no ${schema.type}.`, schema.description ?? `Give ${/^[aeiou]/.test(schema.type) ? 'an' : 'a'} ${schema.type}.`)]
  if (schema.enum && !schema.enum.includes(value)) return [wrong(`“${value}” is none of those that there are.`, `Give one of ${schema.enum.join(', ')}.`)]
  if (schema.pattern && !new RegExp(schema.pattern).test(value)) return [wrong('A key has small letters, digits and dashes.', 'Take it from a list.')]
  if (schema.maxLength < value.length) return [wrong(`This is longer than ${schema.maxLength} characters.`, 'Say it shorter.')]
  if (value < schema.minimum || value > schema.maximum) return [wrong(`${value} does not lie between ${schema.minimum} and ${schema.maximum}.`, schema.description)]
  if (schema.type === 'array') return value.flatMap((one, at) => wrongs(schema.items, one, `${pointer}/${at}`))
  if (schema.type !== 'object' || !schema.properties) return []
  const { properties, required = [] } = schema
  const absent = required.filter((name) => !Object.hasOwn(value, name)).map((name) => wrong(`“${name}” is missing.`, properties[name].description ?? 'Give it.'))
  const each = Object.entries(value).flatMap(([name, one]) => {
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (Object.hasOwn(properties, name)) return wrongs(properties[name], one, at)
    return [wrong(`There is no argument “${name.slice(0, 80)}”.`, `Take it out; there are ${Object.keys(properties).join(', ')}.`, at)]
  })
  return [...absent, ...each]
}

const IS = {
  string: (value) => typeof value === 'string',
  number: Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}
