// What JavaScript knows of a snapshot beside its program: the one reader of the manifest (src/compile/manifest.rs).

/** Bytes before a snapshot's body, which its digest covers. */
export const HEADER = 56
/** `limits::SNAPSHOT_BYTES`: longer ones are refused before they take memory, which wasm never gives back. */
export const SNAPSHOT_BYTES = 2_097_152
/** Sections of the directory, in the order of `snapshot::Section`. */
export const FLAGS = 1
export const PAGES = 7
export const MANIFEST = 10
const ATTRIBUTES = 11
const RUNS = 12
/** Characters of the longest attribute's name that is known: a run's sticky variant. */
const NAME = 128
/** Words of a record of the flags. */
const FLAG = 4

/** The names in a snapshot whose program has been verified. What contradicts the program makes this throw. */
export class Names {
  #index

  constructor(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const word = (at) => view.getUint32(at, true)
    const start = (section) => word(HEADER + section * 8)
    this.count = (section) => word(HEADER + section * 8 + 4)
    this.word = (section, index) => word(start(section) + index * 4)
    const at = start(MANIFEST)
    const manifest = JSON.parse(new TextDecoder().decode(bytes.subarray(at, at + this.count(MANIFEST))))
    const { attributes, keys, kinds, kind, runs } = manifest
    const fits = (list, section) => Array.isArray(list) && list.length === this.count(section)
    const sound = fits(attributes, ATTRIBUTES) && fits(keys, FLAGS) && fits(kind, FLAGS) && fits(runs, RUNS)
    if (!sound || !attributes.every((name) => name.length <= NAME)) throw new Error()
    for (let index = 0; index < kind.length; index++) {
      const variants = this.word(FLAGS, index * FLAG + 2)
      const { variants: names, values } = kinds[kind[index]]
      if (names.length !== variants || values.length !== variants) throw new Error()
    }
    this.version = view.getUint32(8, true)
    // In the rest of it is what only the edge asks for, and reads (edge.js).
    Object.assign(this, { attributes, keys, runs, kinds, kind, edge: manifest })
  }

  /** The index of the flag `key`, or nothing if there is none. */
  index(key) {
    // Made for the first question: whoever only asks for pages or for all flags needs none.
    this.#index ??= new Map(this.keys.map((name, index) => [name, index]))
    return this.#index.get(key)
  }

  /** The names and values of a flag's variants, and whether browsers may know of it. */
  flag(index) {
    return this.kinds[this.kind[index]]
  }

  /** The variant that a flag serves when it cannot be decided. */
  off(index) {
    return this.word(FLAGS, index * FLAG + 1) >>> 16
  }

  /** A run's name and the epoch of its rollout. */
  run(index) {
    return index < this.runs.length ? { id: this.runs[index], epoch: this.word(RUNS, index) } : undefined
  }
}
