// The figures as tables: ratios first, because they hold on other machines, too.

/** What we require of ourselves against the fastest peer, and what we aim at: our time over its time. */
const BOUNDS = { one: [1 / 2, 1 / 5], many: [1 / 20, 1 / 50], load: [1 / 5, 1 / 5] }

const US = 'pointsman'

/** Our time over that of the fastest peer, and who that is. */
export function against(times) {
  const [fastest] = Object.entries(times).filter(([name]) => name !== US).sort(([, a], [, b]) => a - b)
  return { fastest: fastest[0], ratio: times[US] / fastest[1] }
}

/** The parts of the figures that must keep a bound, each with how it does. */
export function verdicts(figures) {
  return Object.entries(BOUNDS).map(([name, [required, aim]]) => ({ name, required, aim, ...against(figures[name]) }))
}

const WHAT = {
  one: 'one flag with a new context', many: 'one of a hundred flags decided together', load: 'loading a thousand flags',
}

/** Markdown for docs/performance.md. */
export function tables({ figures, operators, machine }) {
  const { one, many, load, bytes, growth, read, explain } = figures
  const of = (share) => `1/${Math.round(1 / share)}`
  const bounds = verdicts(figures).map(({ name, required, aim, fastest, ratio }) =>
    [WHAT[name], `**1/${(1 / ratio).toFixed(1)}**`, fastest, of(required), of(aim)])
  const names = Object.keys(one)
  const times = (name, of) => (name === US ? '1' : `${rounded(of[name] / of[US])}×`)
  const ratios = names.map((name) => [name, times(name, one), times(name, many), times(name, load)])
  const absolute = names.map((name) => [
    `${name} ${machine.versions[name]}`, ns(one[name]), ns(many[name]), `${(load[name] / 1000).toFixed(0)} µs`, `${(bytes[name] / 1000).toFixed(0)} kB`,
  ])
  return [
    '**Our time as a part of the fastest peer’s**', '',
    table(['', 'ours', 'fastest peer', 'required', 'aim'], bounds), '',
    '**How many times our time the others take**', '',
    table(['', 'one flag', 'a flag of 100', 'loading 1,000'], ratios), '',
    '**CPU time**', '',
    table(['', 'one flag', 'a flag of 100', 'loading 1,000', 'their bytes'], absolute), '',
    `One flag with its variant, reason and run takes ${ns(explain)}. All of 1, 100 and 1,000 flags take ` +
      `${Object.values(growth).map((time) => `${(time / 1000).toPrecision(3)} µs`).join(', ')}. ` +
      `Reading afterwards: ${Object.entries(read).map(([name, time]) => `\`${name}\` ${ns(time)}`).join(', ')}.`, '',
    ...(operators ? costs(operators) : []),
    `Measured on ${machine.date} with Node ${machine.node} on ${machine.cores} cores of ${machine.model}.`,
  ].join('\n')
}

const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
const weights = ({ minified, gzip, brotli }) => [minified, gzip, brotli].map(kB)

/** Markdown with what pages download: everybody's way to flags, then each entry of ours. */
export function sizeTables({ ways, entries, parts }) {
  const head = ['minified', 'gzip', 'brotli']
  const named = ({ name, version, ours }) => (ours ? `**${name}**` : `${name} ${version}`)
  return [
    table(['', 'a flag is decided', ...head], ways.map((one) => [named(one), one.decided, ...weights(one)]), 2), '',
    '**Each entry of ours, whole**', '',
    table(['', ...head], entries.map((one) => [`\`${one.name}\``, ...weights(one)])), '',
    '**What lies behind them**', '',
    table(['', ...head], parts.map((one) => [one.name, ...weights(one)])),
  ].join('\n')
}

/** What goes with an operation; what several share goes with none of them. */
function costs({ all, each }) {
  const rows = Object.entries(each).sort(([, a], [, b]) => b - a).map(([name, bytes]) => [name, `${bytes} B`])
  return [
    `**What each operation costs** of the ${all} bytes that the evaluator has after gzip: so many fewer without it`, '',
    table(['', 'gzip'], rows), '',
  ]
}

const rounded = (ratio) => (ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0))

const ns = (time) => (time < 10 ? `${time.toFixed(1)} ns` : time < 10_000 ? `${time.toFixed(0)} ns` : `${(time / 1000).toFixed(0)} µs`)

/** A table in Markdown: so many columns of text on the left, numbers on the right. */
export function table(head, rows, texts = 1) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index < texts ? '---' : '--:'))), ...rows.map(line)].join('\n')
}
