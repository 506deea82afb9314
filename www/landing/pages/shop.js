// The basket lives in sessionStorage; prices and names come from the page, which is their only source.

const BASKET = 'semaphore.basket' // { [coffee]: { name, pence, count } }
const ORDER = 'semaphore.order' // { lines, reported }

const DELIVERY = 300
const FREE_DELIVERY_FROM = 2500

const read = (key) => JSON.parse(sessionStorage.getItem(key))
const write = (key, value) => sessionStorage.setItem(key, JSON.stringify(value))

const find = (selector, root = document) => root.querySelector(selector)
const findAll = (selector, root = document) => root.querySelectorAll(selector)

const money = (pence) => `£${(pence / 100).toFixed(2)}`
const sum = (lines, weigh) => Object.values(lines).reduce((total, line) => total + weigh(line), 0)

/** Reports a goal to whatever analytics is on the page, now or once it has loaded. */
function track(goal) {
  (globalThis.pointsman ??= []).push(['track', goal])
}

const basket = () => read(BASKET) ?? {}

function change(coffee, by, { name, pence } = {}) {
  const lines = basket()
  const line = (lines[coffee] ??= { name, pence: Number(pence), count: 0 })
  line.count += by
  if (line.count < 1) delete lines[coffee]
  write(BASKET, lines)
  render()
}

function renderLine(coffee, { name, pence, count }) {
  const item = find('#line').content.cloneNode(true)
  find('.line', item).classList.add(coffee)
  find('.line-name', item).textContent = name
  find('.line-price', item).textContent = money(pence * count)
  find('.line-count', item).textContent = count
  find('input', item).name = coffee
  find('input', item).value = count
  for (const button of findAll('button', item)) {
    button.dataset.coffee = coffee
    button.setAttribute('aria-label', `${button.dataset.by > 0 ? 'One more' : 'One fewer'}: ${name}`)
  }
  return item
}

function renderBasket(form, lines, count) {
  const focused = document.activeElement?.dataset
  find('.lines', form).replaceChildren(...Object.entries(lines).map((entry) => renderLine(...entry)))
  if (focused?.by) {
    const same = `button[data-coffee="${focused.coffee}"][data-by="${focused.by}"]`
    (find(same, form) ?? find('#basket-title')).focus()
  }

  const goods = sum(lines, (line) => line.pence * line.count)
  const delivery = goods < FREE_DELIVERY_FROM ? DELIVERY : 0
  find('.sum-goods', form).textContent = money(goods)
  find('.sum-delivery', form).textContent = delivery ? money(delivery) : 'Free'
  find('.sum-total', form).textContent = money(goods + delivery)
  find('.hint', form).textContent = delivery
    ? `${money(FREE_DELIVERY_FROM - goods)} more and delivery is free.`
    : 'Line clear: delivery is free.'

  const state = count > 0 ? 'filled' : 'empty'
  for (const part of findAll('[data-when]', form)) part.hidden = part.dataset.when !== state
  form.dataset.aspect = count === 0 ? 'stop' : delivery ? 'caution' : 'clear'
}

function render() {
  const lines = basket()
  const count = sum(lines, (line) => line.count)
  for (const badge of findAll('.basket-count')) badge.textContent = count || ''
  const form = find('#basket')
  if (form) renderBasket(form, lines, count)
}

function put({ coffee, name, pence }) {
  change(coffee, 1, { name, pence })
  find('#announce').textContent = `${name} is in your basket.`
  track('basket')
}

/** On /thanks: reports the order the first time this page shows it, and lists what was ordered. */
function confirmOrder() {
  const order = read(ORDER)
  if (!order) return
  if (!order.reported) {
    write(ORDER, { ...order, reported: true })
    sessionStorage.removeItem(BASKET)
    track('order')
  }
  const items = Object.values(order.lines).map(({ name, count }) => {
    const item = document.createElement('li')
    item.textContent = `${count} × ${name}, 250 g`
    return item
  })
  find('#ordered').replaceChildren(...items)
  find('#ordered').hidden = items.length === 0
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.dataset.coffee) {
    event.preventDefault()
    put(form.dataset)
  } else if (form.id === 'basket') {
    write(ORDER, { lines: basket(), reported: false })
  }
})

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-by]')
  if (button) change(button.dataset.coffee, Number(button.dataset.by))
})

// Whoever meets an error of a page has met one: a guardrail counts them.
for (const kind of ['error', 'unhandledrejection']) addEventListener(kind, () => track('error'))

// A page restored by the back button may show an old basket.
addEventListener('pageshow', (event) => event.persisted && render())

if (find('#ordered')) confirmOrder()
render()
