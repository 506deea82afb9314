// What can be asked of numbers: planning an experiment, and reading its counts. Answers are plain objects, and what is
// wrong with a question is one, too: `{problems}`, each with the place, the cause and the fix.

/** The chance that a planned experiment shows the change that it was planned for, unless somebody says otherwise. */
const POWER = 0.8
/** Days of a week. An experiment runs whole ones: visitors of a Sunday are not those of a Monday. */
const WEEK = 7

/** The questions. `open` brings the wasm's bindings. */
export function statisticsOf(open) {
  const ask = async (question) => JSON.parse(await open((wasm) => wasm.ask(JSON.stringify(question))))
  const reading = (counts) => ask({ ask: 'read', ...counts })
  return {
    async size({ base, lift, power = POWER, arms = 2, perDay } = {}) {
      const problems = [
        ...shares({ base, power }), ...armsOf(arms), ...optional(perDay, positive, { perDay }),
        ...demand(Number.isFinite(lift) && lift > -1 && lift !== 0, '/lift', 'It is no change.', 'Give the relative change, such as 0.1 for a tenth more.'),
      ]
      if (problems.length > 0) return { problems }
      const { units: perArm } = await ask({ ask: 'size', base, lift, power, others: arms - 1 })
      if (perArm === null) return { problems: [never(base, lift)] }
      return { base, lift, rate: rateOf(base, lift), power, arms, perArm, total: perArm * arms, ...lasting(perArm * arms, perDay) }
    },

    async detectable({ base, perArm, perDay, days, power = POWER, arms = 2 } = {}) {
      const given = perArm === undefined
      const problems = [
        ...shares({ base, power }), ...armsOf(arms),
        ...(given ? [...positive({ perDay }), ...positive({ days })] : count({ perArm })),
      ]
      if (problems.length > 0) return { problems }
      const units = given ? Math.floor(perDay * days / arms) : perArm
      const { lift } = await ask({ ask: 'size', base, units, power, others: arms - 1 })
      if (lift === null) return { problems: [few(units)] }
      return { base, lift, rate: rateOf(base, lift), power, arms, perArm: units, total: units * arms }
    },

    async sampleRatio(arms) {
      const problems = listOf('', arms, ({ variant, weight, units }) => [...text({ variant }), ...count({ weight }), ...count({ units })])
      if (problems.length > 0) return { problems }
      const counted = arms.map(({ variant, weight, units }) => ({ variant, weight, units, converted: 0 }))
      return (await reading({ control: arms[0]?.variant ?? '', arms: counted })).sampleRatio
    },

    async read({ control, arms } = {}) {
      const problems = [
        ...text({ control }),
        ...listOf('/arms', arms, ({ variant, weight, units, converted }) =>
          [...text({ variant }), ...count({ weight }), ...count({ units }), ...count({ converted })]),
      ]
      if (problems.length > 0) return { problems }
      const { sampleRatio, comparisons, verdict } = await reading({ control, arms })
      return { sampleRatio, comparisons, verdict }
    },

    async harm({ harm, tolerance = 0, alpha = 0.05, epochs } = {}) {
      const problems = [
        ...demand(harm === 'more' || harm === 'fewer', '/harm', 'It is neither more nor fewer.', 'Say which way is worse: more or fewer.'),
        ...demand(Number.isFinite(tolerance) && tolerance >= 0, '/tolerance', 'It is no change that can be allowed.', 'Give 0 or more, such as 0.1 for a tenth.'),
        ...shares({ alpha }),
        ...listOf('/epochs', epochs, ({ treated, control, treatedWeight, controlWeight }) =>
          [...count({ treated }), ...count({ control }), ...count({ treatedWeight }), ...count({ controlWeight })]),
      ]
      if (problems.length > 0) return { problems }
      return ask({ ask: 'harm', harm, tolerance, alpha, epochs })
    },

    async statistics(question) {
      return ask(question ?? null)
    },
  }
}

/** The rate with a relative change, without the last bits that binary fractions leave. */
const rateOf = (base, lift) => Number((base * (1 + lift)).toPrecision(12))

/** How long so many units take, and the whole weeks that this is. */
const lasting = (total, perDay) => {
  if (perDay === undefined) return {}
  const days = Math.ceil(total / perDay)
  return { perDay, days, weeks: Math.ceil(days / WEEK) }
}

const problem = (pointer, cause, fix) => ({ pointer, code: 'range', cause, fix })
const demand = (holds, pointer, cause, fix) => (holds ? [] : [problem(pointer, cause, fix)])

/** Checks one value, given as `{name: value}`. */
const value = (fits, cause, fix) => (named) => {
  const [[name, given]] = Object.entries(named)
  return demand(fits(given), `/${name}`, cause, fix)
}
const share = value((given) => given > 0 && given < 1, 'It is no share.', 'Give a number above 0 and below 1, such as 0.04 for 4 %.')
const count = value((given) => Number.isSafeInteger(given) && given >= 0, 'It is no count.', 'Give a whole number, 0 or more.')
const positive = value((given) => Number.isFinite(given) && given > 0, 'It is no number above 0.', 'Give one, such as 5000.')
const text = value((given) => typeof given === 'string', 'It is no text.', "Give the variant's key.")

const shares = (all) => Object.entries(all).flatMap(([name, given]) => share({ [name]: given }))
const optional = (given, check, named) => (given === undefined ? [] : check(named))
const armsOf = (arms) => demand(Number.isInteger(arms) && arms >= 2 && arms <= 256, '/arms', 'It is no number of variants.', 'Give 2 to 256, control included.')

/** Checks each part of a list, with the place of each problem. */
function listOf(pointer, list, check) {
  if (!Array.isArray(list)) return [problem(pointer, 'It is no list.', 'Give a list of objects.')]
  return list.flatMap((part, index) =>
    check(part ?? {}).map((wrong) => ({ ...wrong, pointer: `${pointer}/${index}${wrong.pointer}` })))
}

function never(base, lift) {
  const rate = base * (1 + lift)
  if (rate >= 1) return problem('/lift', 'More than everybody would do it.', 'Give a smaller lift.')
  return problem('/lift', 'No number of units shows a change as small as this.', 'Give a larger one.')
}

const few = (units) =>
  problem('', `${units} units in each arm are too few: no lift would show.`, 'Give more days, more traffic or fewer variants.')
