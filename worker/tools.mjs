// What a team's own assistant can do here (docs/assistant.md): read, draft, and propose. Each tool asks the API and hands on
// its sentences as they are; where the API has none, there is no tool.

const text = (description, more) => ({ type: 'string', maxLength: 2000, description, ...more })
const key = (description) => ({ type: 'string', pattern: '^[a-z0-9-]+$', maxLength: 200, description })
const one = (description, values) => ({ type: 'string', enum: values, description })
const number = (description, more) => ({ type: 'number', description, ...more })
const list = (items, description) => ({ type: 'array', items, description })
const object = (properties, required = [], description) => ({ type: 'object', description, properties, required, additionalProperties: false })

const STATES = {
  idea: 'an idea', draft: 'a draft', inReview: 'in review', approved: 'approved', running: 'running', stopped: 'stopped', decided: 'decided',
  debriefed: 'debriefed', archived: 'archived',
}
const OUTCOMES = ['ship', 'keep', 'again', 'stopped']
const PROJECT = key('The key of the project. Needed only where there are several.')
const EXPERIMENT = key('The key of the experiment, as find_experiments has it.')
const ENVIRONMENT = one('The environment; production if it is left out.', ['production', 'staging', 'development'])
/** Cards that an answer has at most: more nobody reads. */
const MOST = 50

const CHANGE = object({
  kind: one('“words” for new words on a page, “pages” for another page at the same address, “flag” for an existing flag.', ['words', 'pages', 'flag']),
  page: text('The page’s path, such as /pricing.'),
  edits: list(object({ select: text('A CSS selector.'), from: text('What stands there now.'), text: text('What shall stand there.') }, ['select', 'text']), 'New words, for “words”.'),
  other: text('The path of the page that is tried, for “pages”.'),
  flag: key('The flag, for “flag”.'), control: key('The variant that everybody has now.'), treatment: key('The variant to try.'),
}, ['kind'], 'What visitors of the new version meet.')

const HYPOTHESIS = object({
  change: text('What we do.'), metric: key('The metric that decides.'), direction: one('Where it goes.', ['up', 'down']),
  by: number('By how much at least, relative: 0.15 is 15 %.'), because: text('Why.'),
  question: one('“notWorse” where a loss larger than `by` shall be ruled out.', ['better', 'notWorse']),
}, [], 'If we do this, then the metric goes there by at least so much, because of that.')

const tools = {
  find_experiments: {
    title: 'Find experiments', description: 'Lists experiments and ideas, newest first, by words in their title, key or headline and by state. ' +
      'The headline of one that runs or is decided is its verdict.',
    inputSchema: object({ project: PROJECT, text: text('Words that all have to be there.'), state: one('Only those in this state.', Object.keys(STATES)) }),
    reads: true, act: find,
  },
  get_experiment: {
    title: 'Get an experiment', description: 'One experiment: its plan, its state, and once it has started its verdict and guardrails in the sentences that the console shows.',
    inputSchema: object({ project: PROJECT, key: EXPERIMENT }, ['key']), reads: true, act: get,
  },
  search_learnings: {
    title: 'Search what was learned', description: 'Searches concluded experiments and their debriefs: “what have we learned about pricing?” Without text, all of them.',
    inputSchema: object({ project: PROJECT, text: text('A question, or words that it is about.'), outcome: one('Only those that ended so.', OUTCOMES) }), reads: true, act: learnt,
  },
  ask: {
    title: 'Ask in words', description: 'A question as people ask it: “what is odd today?”, “who responded best?”, “when will we know?”, “how will it end?”, ' +
      '“what should I test next?”, “have we tried free shipping?”. Each answer is made of sentences of the console with the figures behind them. ' +
      'What is no such question is looked for in the library, and the answer says so.',
    inputSchema: object({ project: PROJECT, text: text('The question.', { maxLength: 400 }), key: key('The experiment that it is about; all that run if it is left out.') }, ['text']),
    reads: true, act: asked,
  },
  list_alerts: {
    title: 'List alerts', description: 'What the watch has found by itself in tests that run: lost visitors, machines, hours without traffic, errors, effects that are ' +
      'too good. Each with its cause, what to do and its evidence.',
    inputSchema: object({ project: PROJECT, state: one('Only those in this state; the open ones if it is left out.', ['open', 'snoozed', 'resolved']) }),
    reads: true, act: alerts,
  },
  list_flags: {
    title: 'List flags', description: 'The flags of an environment: on or off, who gets what, and which experiment owns them.',
    inputSchema: object({ project: PROJECT, environment: ENVIRONMENT }), reads: true, act: flags,
  },
  explain_flag: {
    title: 'Explain a flag', description: 'Which variant a visitor of these attributes gets of a flag, and why, as the edge decides it. Nothing is written down or counted.',
    inputSchema: object({
      project: PROJECT, environment: ENVIRONMENT, flag: key('The key of the flag.'),
      context: { type: 'object', description: 'The visitor’s attributes, such as {"unit": "ada", "country": "DE"}.' },
    }, ['flag', 'context']), reads: true, act: explain,
  },
  what_if: {
    title: 'What would a test take', description: 'How many visitors and days a test would need to see a change of a metric, at the traffic that was measured.',
    inputSchema: object({
      project: PROJECT, metric: key('The metric that would decide.'), by: number('The smallest change to see, relative: 0.1 is 10 %.', { minimum: 0.0001, maximum: 100 }),
      direction: one('Which way is good; up if it is left out.', ['up', 'down']), question: HYPOTHESIS.properties.question,
      guess: number('Where the metric stands now, if nobody has measured it: a share from 0 to 1, or a value.'),
      spread: number('The standard deviation of a value, if nobody has measured it.'), template: key('The kind of test.'),
    }, ['metric', 'by']), reads: true, act: whatIf,
  },
  draft_debrief: {
    title: 'Draft a debrief', description: 'The debrief of an experiment, filled with what was expected, found and decided, and the team’s open questions. ' +
      'Nothing is saved: a person writes it down in the console.',
    inputSchema: object({ project: PROJECT, key: EXPERIMENT }, ['key']), reads: true, act: debrief,
  },
  draft_experiment: {
    title: 'Draft an experiment', description: 'Writes down a new experiment as a draft, or with `key` another plan for an idea or a draft. ' +
      'It starts nothing: a person hands it in, and another one approves it.',
    inputSchema: object({
      project: PROJECT, key: key('An idea or a draft that gets this plan, in place of a new one.'), title: text('A name for people.', { maxLength: 120 }), note: text('What it is about.'),
      change: CHANGE, hypothesis: HYPOTHESIS, guardrails: list(key(), 'Metrics that must not get worse.'), metrics: list(key(), 'Further metrics that are shown.'),
      base: number('Where the metric stands now, if it is known.'), segment: key('The segment whose visitors are in it.'),
    }, ['title', 'change', 'hypothesis']), reads: false, act: draft,
  },
  propose_change: {
    title: 'Propose a change of a flag', description: 'Asks for a change of a flag in production that needs a second person’s word. ' +
      'It waits until a person approves it in the console, and nothing changes before.',
    inputSchema: object({
      project: PROJECT, environment: ENVIRONMENT, flag: key('The key of the flag.'), enabled: { type: 'boolean', description: 'Whether the flag is on.' },
      share: number('The share of visitors that shall get the variant, from 0 to 1.', { minimum: 0, maximum: 1 }), variant: key('The variant that they get.'),
      why: text('Why, for whoever approves it.', { maxLength: 400 }),
    }, ['flag', 'why']), reads: false, act: propose,
  },
}

/** All tools by name. None of them changes what visitors see, so none destroys anything either. */
export const TOOLS = new Map(Object.entries(tools).map(([name, { reads, ...tool }]) => [name, {
  ...tool, annotations: { title: tool.title, readOnlyHint: reads, destructiveHint: false, openWorldHint: false },
}]))

const lines = (...all) => all.flat().filter(Boolean).join('\n')
const query = (given) => new URLSearchParams(Object.entries(given).filter(([, value]) => value !== undefined)).toString()
const folded = (words) => words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

async function find({ text = '', state }, { ask }) {
  const all = []
  for (let after = ''; after !== null; ) {
    const { experiments, next } = await ask(`experiments?${query({ limit: 500, after: after || undefined })}`)
    all.push(...experiments)
    after = next
  }
  const words = folded(text)
  const has = (card) => words.every((word) => `${card.key} ${card.title} ${card.headline}`.toLowerCase().includes(word))
  const found = all.filter((card) => (!state || card.state === state) && has(card))
  const more = found.length > MOST && `${found.length - MOST} more are not listed; say more words.`
  return {
    experiments: found.slice(0, MOST), found: found.length,
    words: lines(
      `${found.length} of ${all.length} experiments.`,
      found.slice(0, MOST).map(({ title, key, state, headline }) => `“${title}” (${key}) is ${STATES[state]}. ${headline}`), more,
    ),
  }
}

async function get({ key }, { ask, home }) {
  const experiment = await ask(`experiments/${key}`)
  const reading = experiment.started ? await ask(`experiments/${key}/reading`) : undefined
  const { headline, words, quote, recommend, guardrails = [], lift, metric } = reading ?? {}
  const { title, state, note, plan, decision, stop, actions: _, ...more } = experiment
  const link = `${home}/#/experiments/${key}`
  return {
    experiment: { title, state, note, plan, decision, stop, ...more }, link,
    verdict: reading ? { headline, words, quote, recommend, lift, metric, guardrails } : null,
    words: lines(
      `“${title}” (${key}) is ${STATES[state]}.`, note, reading ? [headline, words, quote, lift?.words] : 'It has not started, so there is no verdict.',
      guardrails.map((guardrail) => `Guardrail ${guardrail.metric}: ${guardrail.words}`),
      stop && `It was stopped: ${stop.why}`, decision && [`Decided: ${decision.headline}`, decision.why], link,
    ),
  }
}

async function learnt({ text, outcome }, { ask }) {
  const { cards: found, known, sought, words: first } = await ask(`library?${query({ q: text, outcome })}`)
  const { claims } = await ask(`claims?${query({ q: sought.join(' ') })}`)
  const told = ({ title, key, headline, words, expected, lessons }) => lines(
    `“${title}” (${key}): ${headline}`, words, expected && `Expected: ${expected}`, lessons.map(({ question, answer }) => `${question} ${answer}`),
  )
  const titles = (those) => those.map(({ title }) => `“${title}”`).join(', ')
  const held = claims.map(({ text, for: backing, against }) => lines(
    `The team holds: ${text}`, backing.length && `For it: ${titles(backing)}`, against.length && `Against it: ${titles(against)}`,
  ))
  return { learnings: found.slice(0, MOST), found: found.length, known, claims, words: [first, ...held, ...found.slice(0, MOST).map(told)].join('\n\n') }
}

async function asked({ text, key }, { ask, home }) {
  const told = await ask(`ask?${query({ text, experiment: key })}`)
  const each = ({ title, words, how, figures, links }) => !how ? `${title}: ${home}/#/${links[0].path}` : lines(
    `“${title}”: ${words}`, `How do you know? ${how}`, figures.map(({ label, value }) => `- ${label}: ${value}`),
    links.map(({ words, path }) => `${words}: ${home}/#/${path}`),
  )
  const could = told.question === null && `What can be asked: ${told.suggestions.join(' ')}`
  return { ...told, words: [told.words, ...told.answers.map(each), could].filter(Boolean).join('\n\n') }
}

async function alerts({ state = 'open' }, { ask, home }) {
  const { alerts } = await ask(`alerts?${query({ state, limit: MOST })}`)
  const each = ({ title, what, cause, next }) => `“${title}”: ${what}. ${cause} ${next}`.trim()
  return { alerts, words: alerts.length === 0 ? `No alert is ${state}.` : lines(alerts.map(each), `${home}/#/alerts`) }
}

async function flags({ environment = 'production' }, { ask }) {
  const { flags, revision } = await ask(`environments/${environment}/flags`)
  const percent = (share) => `${Math.round(share * 1000) / 10} %`
  const told = (flag) => {
    const shares = flag.variants.map(({ key, share }) => `${key}${typeof share === 'number' ? ` ${percent(share)}` : ''}`).join(', ')
    return `${flag.key} is ${flag.enabled ? 'on' : 'off'}: ${shares}. ${flag.locked ?? ''}`.trim()
  }
  return { environment, revision, flags, words: lines(`${flags.length} flags in ${environment}.`, flags.map(told)) }
}

async function explain({ environment = 'production', flag, context }, { ask }) {
  const { version, explanations } = await ask(`environments/${environment}/explain`, { method: 'POST', body: { flag, context } })
  return { environment, version, explanations, words: lines(explanations.map(({ headline, words }) => [`${headline}.`, words]).flat()) }
}

async function whatIf({ project: _, ...given }, { ask }) {
  const forecast = await ask(`forecast?${query(given)}`)
  const missing = forecast.base === null && `Nobody has measured “${given.metric}” yet: give a guess of where it stands now.`
  return { forecast, words: lines(missing, forecast.words, forecast.promises, forecast.record?.words) }
}

async function debrief({ key }, { ask, home }) {
  const { markdown, prefilled, questions, answers } = await ask(`experiments/${key}/debrief`)
  const link = `${home}/#/experiments/${key}`
  return { markdown, prefilled, questions, answers, link, words: lines(markdown, `Nothing is saved. A person writes it down at ${link}`) }
}

async function draft({ project: _, key, note = '', ...plan }, { ask, home }) {
  const before = key ? await ask(`experiments/${key}`) : await ask('experiments', { method: 'POST', body: { title: plan.title, note } })
  const link = `${home}/#/experiments/${before.key}`
  if (!['idea', 'draft'].includes(before.state)) {
    const words = `“${before.title}” is ${STATES[before.state]}: only ideas and drafts get another plan. Nothing was changed.`
    return { experiment: { key, state: before.state }, saved: false, link, words }
  }
  const after = await ask(`experiments/${before.key}/plan`, { method: 'PUT', body: plan, revision: before.revision }).catch((error) => {
    if (error.problem && !key) error.problem.fix = `“${plan.title}” is kept as an idea: give the key “${before.key}” with the next plan.`
    throw error
  })
  const missing = after.problems.map(({ pointer, cause, fix }) => `${pointer}: ${cause} ${fix}`)
  return {
    experiment: { key: after.key, title: after.title, state: after.state, revision: after.revision, plan: after.plan }, problems: after.problems, saved: true, link,
    words: lines(
      `“${after.title}” (${after.key}) is ${STATES[after.state]}. Nothing has started.`, missing.length && 'Before it can be handed in:', missing,
      `A person goes on at ${link}`,
    ),
  }
}

async function propose({ environment = 'production', flag, why, project: _, ...change }, { ask, home }) {
  const { revision } = await ask(`environments/${environment}/flags`)
  const place = `${home}/#/flags/${environment}`
  const path = `environments/${environment}/flags/${flag}?propose=1&${query({ why })}`
  const kept = await ask(path, { method: 'PUT', body: change, revision }).catch((error) => {
    if (error.problem?.status === 409) error.problem.fix += ` No tool does that: a person may, at ${place}`
    throw error
  })
  const link = `${place}?show=changes`
  const words = `Change ${kept.id} of ${flag} in ${environment} waits for a person’s word. Nothing has changed for visitors. It is approved at ${link}`
  return { change: kept, link, words }
}
