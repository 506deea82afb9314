// Copies a context into the flat record that the evaluator reads (src/context.rs). JavaScript values stop here: only
// own data properties are looked at, getters never run, and what no rule can read is marked unusable.

const SLOT = 12
const [TEXT, NUMBER, BOOLEAN, UNUSABLE] = [1, 2, 3, 4]

/** Bytes of a text attribute; `limits::ATTRIBUTE_BYTES`. */
export const ATTRIBUTE_BYTES = 1024

const encoder = new TextEncoder()

/** The most bytes that a record of so many attributes can take. */
export const recordBytes = (attributes) => attributes * (SLOT + ATTRIBUTE_BYTES)

/** Writes `context` at `at` in `memory` and gives the record's length. */
export function writeRecord(memory, at, attributes, context) {
  const view = new DataView(memory)
  let end = attributes.length * SLOT
  for (let index = 0; index < attributes.length; index++) {
    const slot = at + index * SLOT
    const put = (tag, low, high) => {
      view.setUint32(slot, tag, true)
      view.setUint32(slot + 4, low, true)
      view.setUint32(slot + 8, high, true)
    }
    const value = Object.getOwnPropertyDescriptor(context, attributes[index])?.value
    if (value === undefined || value === null) put(0, 0, 0)
    else if (typeof value === 'boolean') put(BOOLEAN, Number(value), 0)
    else if (typeof value === 'number' && Number.isFinite(value)) {
      put(NUMBER, 0, 0)
      view.setFloat64(slot + 4, value, true)
    } else if (typeof value === 'string' && value.length <= ATTRIBUTE_BYTES && value.isWellFormed()) {
      const { read, written } = encoder.encodeInto(value, new Uint8Array(memory, at + end, ATTRIBUTE_BYTES))
      if (read === value.length) {
        put(TEXT, end, written)
        end += written
      } else put(UNUSABLE, 0, 0)
    } else put(UNUSABLE, 0, 0)
  }
  return end
}
