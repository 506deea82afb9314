// Why does a visitor get this? Somebody who has never seen a rule asks on the flag's page and is told what really happens.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { problemsOf, violationsOf } from './accessible.mjs'
import { office, on, PROJECT } from './office.mjs'

const FLAG = 'beans-sort'
// Staging asks nothing, so rules of all kinds can be there at once.
const STAGING = `${PROJECT}/environments/staging`

const document = structuredClone(DOCUMENT)
document.segments = { near: { if: { in: { attribute: 'country', values: ['DE', 'AT'] } } } }
document.flags[FLAG].rules = [
  { if: { all: [{ segment: 'near' }, { atLeast: { attribute: 'orders', than: 3 } }] }, serve: 'price' },
  { if: { equals: { attribute: 'staff', value: true } }, serve: 'price' },
  { rollout: { salt: 'beans-sort', below: 2 ** 31 }, serve: 'price' },
  { if: { equals: { attribute: 'staff', value: true } }, serve: 'roast' },
]

let team, ada

before(async () => {
  team = await office()
  await team.api.put(`${STAGING}/document`, document, 0)
  ada = await team.person()
})

after(() => team?.close())

const opened = async (person = ada) => {
  await person.page.evaluate((flag) => (location.hash = `#/flags/staging/${flag}`), FLAG)
  await on(person).heading('Why does a visitor get this?').waitFor()
}
/** What became of a rule, and what it asked. */
const rule = (number, { page } = ada) =>
  page.getByRole('listitem').filter({ has: page.getByText(`Rule ${number}`, { exact: true }) })
/** One question of a rule, whose answer is an image with a name. */
const question = (number, words, person = ada) =>
  rule(number, person).getByRole('listitem').filter({ has: person.page.getByText(words, { exact: true }) })
const answered = (number, words, answer) => question(number, words).getByRole('img', { name: answer, exact: true }).waitFor()
const explained = (variant) => on(ada).heading(`This visitor gets “${variant}”`).waitFor()

test('fields ask for what the flag reads, and the answer says in plain words which rule decided and why', async () => {
  const { box, button, text } = on(ada)
  await opened()
  await box('unit').fill('ada')
  await box('country').fill('DE')
  await box('orders').fill('4')
  await button('Explain').click()
  await explained('price')
  await text('Rule 0 decided: it is for this visitor, and it serves “price”.').waitFor()
  await answered(0, 'country is one of "AT", "DE"', 'yes')
  await answered(0, 'orders is at least 3', 'yes')
  await rule(1).getByText('was not asked: something before it decided').waitFor()
})

test('a condition that does not hold has a cross, and a draw is a number against its threshold', async () => {
  const { box, button, text } = on(ada)
  await box('orders').fill('2')
  await text('The visitor is another one by now: ask again.').waitFor()
  await button('Explain').click()
  await rule(0).getByText('is not for this visitor').waitFor()
  await answered(0, 'orders is at least 3', 'no')
  await question(1, 'staff is true').getByText('staff is missing; a boolean is asked for').waitFor()
  const { explanations: [{ decision, steps }] } = await team.api.post(`${STAGING}/explain`, {
    flag: FLAG, context: { unit: 'ada', country: 'DE', orders: 2 },
  })
  const { draw, held } = steps.find(({ operator }) => operator === 'rollout')
  await explained(decision.variant)
  await answered(2, 'the rollout draw of unit is below 50 %', held ? 'yes' : 'no')
  const said = question(2, 'the rollout draw of unit is below 50 %')
  await said.getByText(`drew ${draw.percent} %, which is${held ? '' : ' not'} below 50 %`).waitFor()
})

test('a number that is none is named before anybody asks, and nobody can ask', async () => {
  const { box, button, text } = on(ada)
  await box('orders').fill('many')
  await text('“many” is not a number.').waitFor()
  assert.equal(await button('Explain').isDisabled(), true)
  await box('orders').fill('')
})

test('specialists give JSON, and what the engine says against it is shown with its place', async () => {
  const { page } = ada
  const { box, button, text } = on(ada)
  await page.getByRole('radio', { name: 'JSON' }).check()
  assert.deepEqual(JSON.parse(await box('Context, as JSON').inputValue()), { unit: 'ada', country: 'DE' })
  await box('Context, as JSON').fill('{"unit": ')
  await text('This is not JSON yet').waitFor()
  assert.equal(await button('Explain').isDisabled(), true)
  await box('Context, as JSON').fill('[]')
  await button('Explain').click()
  const refusal = page.getByRole('alert')
  await refusal.getByText('It is not an object. Write attributes by name.').waitFor()
  await refusal.getByText('/context').waitFor()
  await box('Context, as JSON').fill('{"unit": 5, "staff": true}')
  await button('Explain').click()
  await text('Rule 1 decided: it is for this visitor').waitFor()
  await refusal.waitFor({ state: 'detached' })
})

test('the same is done with the keyboard alone, and the next flag knows the visitor', async () => {
  const other = await team.person()
  await opened(other)
  await on(other).box('unit').focus()
  await other.page.keyboard.type('bob')
  await other.page.keyboard.press('Enter')
  await other.page.getByRole('heading', { name: /^This visitor gets “(price|roast)”$/ }).waitFor()
  await other.page.evaluate(() => (location.hash = '#/flags/staging/gift-note'))
  await on(other).text('This flag asks nothing of visitors now').waitFor()
  await on(other).button('Explain').focus()
  await other.page.keyboard.press('Enter')
  await on(other).text('The flag has no rules, so everybody gets “off”.').waitFor()
  await opened(other)
  assert.equal(await on(other).box('unit').inputValue(), 'bob')
  await other.context.close()
})

test('what is worth a look is told in the list, on the flag and as a whole, each with cause and fix', async () => {
  const { page } = ada
  const { go, link, heading } = on(ada)
  await go('Flags')
  await page.getByRole('radio', { name: 'Staging' }).check()
  const row = page.getByRole('listitem').filter({ has: link(FLAG) })
  await row.getByText('1 thing worth a look').waitFor()
  await link(/^4 things worth a look, \d beside the flags$/).click()
  await heading('Worth a look').waitFor()
  const advice = page.getByRole('listitem').filter({ hasText: '/flags/beans-sort/rules/3' })
  await advice.getByText('The condition of rule 1 holds wherever this one\'s does.').waitFor()
  await advice.getByText('Remove this rule, or put it before that one.').waitFor()
  await page.getByRole('listitem').filter({ hasText: '/metrics/orders' }).getByText('Nothing uses this metric.').waitFor()
  await link(FLAG).click()
  await advice.getByText('Remove this rule, or put it before that one.').waitFor()
})

test('before a share is saved or a draft published it is told whom that moves, on each path', async () => {
  const { page } = ada
  const { box, button, go, part, text } = on(ada)
  await opened()
  await page.getByRole('slider', { name: 'Visitors who get “price”' }).fill('80')
  await text(/^30\s% of visitors would newly get it; nobody would lose it\. That is the worst of 4 paths/).waitFor()
  await text('Who moves, path by path').click()
  await page.getByRole('listitem').filter({ hasText: 'unless staff is true' }).first().getByText(/newly get price/).waitFor()
  await button('Discard').click()

  await go('Setup')
  await part('Environments')
  await page.getByRole('radio', { name: 'Staging' }).check()
  const typed = JSON.parse(await box('Document, as JSON').inputValue())
  typed.flags['gift-note'].rules = [{ serve: 'on' }, { serve: 'off' }]
  await box('Document, as JSON').fill(JSON.stringify(typed, null, 2))
  await button('Save the draft').click()
  const foresight = page.getByRole('region', { name: 'What publishing would do' })
  await foresight.getByText(/gift-note: 100\s% of visitors get something else than now\./).waitFor()
  await foresight.getByText(/Worth a look: Rule 0 takes everybody/).waitFor()
  assert.equal((await team.api.get(`${STAGING}/document`)).version, 1)
})

for (const [colorScheme, width] of [['light', 1280], ['dark', 390]]) {
  test(`the answer can be told by a screen reader and fits ${width} pixels, ${colorScheme}`, async () => {
    const one = await team.person(undefined, { colorScheme, viewport: { width, height: 900 } })
    await opened(one)
    await on(one).box('unit').fill('ada')
    await on(one).button('Explain').click()
    await one.page.getByRole('heading', { name: /^This visitor gets/ }).waitFor()
    await one.page.getByRole('slider').first().fill('80')
    await on(one).text('Who moves, path by path').click()
    assert.deepEqual([await problemsOf(one.page), one.complaints], [[], []])
    await one.context.close()
  })
}

test('rules are made of conditions and of a list of ids that nobody can read again, and whom they move is told first', async () => {
  const { page } = ada
  const { box, button, text } = on(ada)
  const before = await team.api.get(`${STAGING}/document`)
  await opened()
  await button('Change the rules').click()
  await button('Add a rule').click()
  // It comes before the first that is for everybody.
  const fields = page.getByRole('group', { name: 'Rule 2', exact: true })
  await text('A condition is not complete yet.').waitFor()
  assert.equal(await button('Save the rules').isDisabled(), true)
  await fields.getByLabel('Attribute').fill('country')
  await fields.getByLabel('Comparison').selectOption('is one of')
  await fields.getByLabel('Value', { exact: true }).fill('FR, "5"')
  await fields.getByLabel('Serves').selectOption('price')
  await fields.getByRole('spinbutton').fill('25')
  await text('Segments: groups of visitors').click()
  await button('New segment').click()
  await box('Name').fill('beta')
  await page.getByRole('radio', { name: 'A list of ids' }).check()
  await box('A file with ids, one a line').setInputFiles({ name: 'ids.csv', mimeType: 'text/csv', buffer: Buffer.from('grace@example.com\nada@example.com\n') })
  await text(/^2 ids in here\. Only fingerprints are kept/).waitFor()
  await button('Add it').click()
  await fields.getByRole('button', { name: 'Add a condition' }).click()
  await fields.getByLabel('Comparison').nth(1).selectOption('is in the segment')
  await fields.getByLabel('Segment').selectOption('beta')
  await fields.getByLabel('How they belong together').selectOption('at least one of these holds')
  const pending = page.getByRole('group', { name: 'The rules before you save them' })
  await pending.getByRole('row').filter({ hasText: '/segments/beta' }).waitFor()
  await pending.getByText(/of visitors get something else than now/).waitFor()
  assert.deepEqual([await problemsOf(page), await violationsOf(page)], [[], []])
  assert.equal((await team.api.get(`${STAGING}/document`)).version, before.version, 'nothing is saved yet')
  await button('Save the rules').click()
  await text(`The rules of ${FLAG} are changed.`).waitFor()

  const { document } = await team.api.get(`${STAGING}/document`)
  const [first, second, made, ...rest] = document.flags[FLAG].rules
  assert.deepEqual(made, {
    if: { any: [{ in: { attribute: 'country', values: ['FR', '5'] } }, { segment: 'beta' }] }, serve: 'price',
    rollout: { salt: `${FLAG}-rollout`, unit: 'unit', below: 2 ** 30 },
  })
  assert.deepEqual([first, second, ...rest], before.document.flags[FLAG].rules, 'the others are as they were')
  const { ids } = document.segments.beta.if.listed
  assert.equal(ids.length, 2)
  for (const id of ids) assert.match(id, /^#[0-9a-f]{16}$/)
  const { versions: [newest] } = await team.api.get(`${STAGING}/versions`)
  assert.equal(newest.why, `changed the rules of ${FLAG}`)
  await page.getByText('everybody: price', { exact: false }).first().waitFor()

  // A rule that the form has no words for keeps what it is; one that is moved and removed is gone.
  await button('Change the rules').click()
  await button('Move rule 2 up').click()
  await button('Remove rule 1').click()
  await button('Save the rules').click()
  await text(`The rules of ${FLAG} are changed.`).last().waitFor()
  await page.waitForFunction(() => !document.querySelector('.rules-form'))
  assert.deepEqual((await team.api.get(`${STAGING}/document`)).document.flags[FLAG].rules, [first, second, ...rest])
})

test('the browser had nothing to complain of but the refusal', () => {
  assert.deepEqual(ada.complaints.filter((complaint) => !/422/.test(complaint)), [])
})
