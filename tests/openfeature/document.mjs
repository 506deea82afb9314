// The flags that OpenFeature's scenarios ask for, as a document of ours.

const TEMPLATE = { showImages: true, title: 'Check out these pics!', imagesPerPage: 100 }

const flag = (kind, variants, otherwise, more) => ({ kind, client: true, variants, off: otherwise, otherwise, ...more })

/** A flag that is disabled serves its `off`, so that is the value that the scenarios have for a default. */
const disabled = (kind, variants, off, otherwise) => flag(kind, variants, otherwise, { off, enabled: false })

/** A flag that serves the same whether its rule matches or not: only the reason tells. */
const targeted = (kind, zero, other) => flag(kind, { zero, 'non-zero': other }, 'zero', {
  rules: [{ if: { equals: { attribute: 'email', value: 'ballmer@macrosoft.com' } }, serve: 'zero' }],
})

const isNoCustomer = { equals: { attribute: 'customer', value: false } }

export const DOCUMENT = {
  format: 1,
  flags: {
    'boolean-flag': flag('boolean', { on: true, off: false }, 'on'),
    'string-flag': flag('string', { greeting: 'hi', parting: 'bye' }, 'greeting'),
    'integer-flag': flag('number', { one: 1, ten: 10 }, 'ten'),
    'float-flag': flag('number', { tenth: 0.1, half: 0.5 }, 'half'),
    'object-flag': flag('json', { empty: {}, template: TEMPLATE }, 'template'),
    'boolean-zero-flag': flag('boolean', { zero: false, 'non-zero': true }, 'zero'),
    'string-zero-flag': flag('string', { zero: '', 'non-zero': 'str' }, 'zero'),
    'integer-zero-flag': flag('number', { zero: 0, 'non-zero': 1 }, 'zero'),
    'float-zero-flag': flag('number', { zero: 0.0, 'non-zero': 1.5 }, 'zero'),
    'object-zero-flag': flag('json', { zero: {}, 'non-zero': TEMPLATE }, 'zero'),
    'boolean-targeted-zero-flag': targeted('boolean', false, true),
    'string-targeted-zero-flag': targeted('string', '', 'str'),
    'integer-targeted-zero-flag': targeted('number', 0, 1),
    'float-targeted-zero-flag': targeted('number', 0.0, 1.5),
    'object-targeted-zero-flag': targeted('json', {}, TEMPLATE),
    'boolean-disabled-flag': disabled('boolean', { on: true, off: false }, 'off', 'on'),
    'string-disabled-flag': disabled('string', { greeting: 'hi', parting: 'bye' }, 'parting', 'greeting'),
    'integer-disabled-flag': disabled('number', { one: 1, ten: 10 }, 'one', 'ten'),
    'float-disabled-flag': disabled('number', { tenth: 0.1, half: 0.5 }, 'tenth', 'half'),
    'object-disabled-flag': disabled('json', { a: { a: 1 }, template: TEMPLATE }, 'a', 'template'),
    'context-aware': flag('string', { internal: 'INTERNAL', external: 'EXTERNAL' }, 'external', {
      rules: [{ if: isNoCustomer, serve: 'internal' }],
    }),
    'complex-targeted': flag('string', { internal: 'INTERNAL', external: 'EXTERNAL' }, 'external', {
      rules: [{
        if: { all: [isNoCustomer, { equals: { attribute: 'email', value: 'ballmer@macrosoft.com' } }, { greater: { attribute: 'age', than: 10 } }] },
        serve: 'internal',
      }],
    }),
    'metadata-flag': flag('boolean', { on: true, off: false }, 'on'),
    'wrong-flag': flag('string', { one: 'uno', two: 'dos' }, 'one'),
  },
}
