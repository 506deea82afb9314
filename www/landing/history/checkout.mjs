// What the team “Checkout” has tried: the basket, and the way from there to an order.

export const FLAGS = {
  'order-form': ['How the order is asked for', 'long', 'no-telephone', 'guest-first', 'steps'],
  'basket-offer': ['What the basket offers besides', 'nothing', 'filters', 'gift', 'timer'],
  'pay-with': ['How one can pay', 'card', 'wallet'],
}

const basket = (select, from, text) => ['/basket', [[select, from, text]]]

export const TRIED = [
  {
    season: 0, title: 'No telephone number', flag: ['order-form', 'no-telephone'], effort: 1, impact: 3, page: '/basket',
    expect: 'Nobody likes to give a number, and we never call.', evidence: 'One in ten writes 000.',
    change: 'stop asking for a telephone number', because: 'each question is a reason to leave', lift: 0.08, found: 'noEffectAsLarge',
    why: 'No more order, so the form stays until somebody has time for all of it.', surprise: 'That something which annoys everybody stops so few.',
    tell: 'Annoying is not the same as costly. Still, do not ask for what you do not need.', next: 'Look at the whole form, not at one line of it.',
  },
  {
    season: 1, title: 'Pay with the telephone', flag: ['pay-with', 'wallet'], effort: 3, impact: 3, page: '/basket',
    expect: 'Who stands at the bus stop has no card at hand, but a telephone.', evidence: 'Six of ten come by telephone and one of four orders there.',
    change: 'let people pay with their telephone’s wallet', because: 'typing a card on a small screen is hard', lift: 0.45, found: 'better',
    why: 'More order, most of them by telephone, and errors did not rise.', surprise: 'Orders in the early morning, from trains.',
    tell: 'It took three weeks to build and was worth each of them. The largest gain of the half-year.', next: 'Put the button in the letters, too.',
  },
  {
    season: 1, title: 'Say that nothing is paid yet', words: basket('#order', 'Order', 'Go on to payment'), effort: 1, impact: 2, page: '/basket',
    expect: '“Order” sounds final. Some may want to see the sum first.', evidence: '',
    change: 'call the button what comes next', because: 'people fear that the button charges them', lift: -0.05, found: 'noEffectAsLarge',
    why: 'No difference, and “Order” is shorter.', surprise: 'Nobody seems to fear the button.',
    tell: 'A fear that we thought of at our desk and never heard of from anybody.', next: 'Ask three people to order while we look on.',
  },
  {
    season: 2, title: 'Filters and a dripper in the basket', flag: ['basket-offer', 'filters'], effort: 2, impact: 2, page: '/basket',
    expect: 'Who buys beans needs filters.', evidence: 'Filters are what people forget.',
    change: 'offer filters in the basket', because: 'they are needed and forgotten', lift: -0.08, found: 'noEffectAsLarge',
    why: 'A few add filters, as many leave. Nothing that pays for the shelf.', surprise: 'It was close to doing harm. One more thing in the basket is one more thing to think about.',
    tell: 'The basket is for leaving the shop, not for looking round.', next: 'Offer filters after the order, on the page that says thanks.',
  },
  {
    season: 3, title: 'Order in three steps', flag: ['order-form', 'steps'], effort: 3, impact: 2, page: '/basket',
    expect: 'Three short pages look like less work than a long one.', evidence: 'Large shops do it.',
    change: 'ask in three short steps', because: 'each step is small', lift: -0.2, errors: 0.3, found: 'harm',
    why: 'The second step lost what the first had asked on older telephones. It was taken back by itself within a day and a half.',
    surprise: 'That the guardrail saw it before anybody wrote to us.', tell: 'Steps need to remember. Try the build on an old telephone before visitors do.', next: 'Mend it, or better: keep one page and make it shorter.',
  },
  {
    season: 4, title: 'A note for a present', flag: ['basket-offer', 'gift'], effort: 2, impact: 1, page: '/basket',
    expect: 'Some buy for others and would like to say so.', evidence: 'Three letters before Easter.',
    change: 'offer a note for a present', because: 'a present wants a word', lift: 0, found: 'noEffectAsLarge',
    why: 'No more order. Those who use it like it, so it may come in December.', surprise: 'One in thirty uses it, in a month without a feast.',
    tell: 'Test presents when people give presents.', next: 'Bring it back in December and look again.',
  },
  {
    season: 5, title: 'A timer in the basket', flag: ['basket-offer', 'timer'], effort: 1, impact: 2, page: '/basket',
    expect: 'Ten o’clock is when the roast begins. A clock that runs down says so.', evidence: 'Everybody knows such clocks.',
    change: 'count down to the last minute for today’s roast', because: 'people put off what has no end', lift: 0, found: 'noEffectAsLarge',
    why: 'No more order, and it makes us look like those shops.', surprise: 'We had feared that it works.',
    tell: 'Pressure does not sell coffee to people who will drink it in three weeks’ time.', next: 'Never mind. Say the hour in words.',
  },
  {
    season: 5, title: 'Order as a guest first', flag: ['order-form', 'guest-first'], effort: 2, impact: 3, page: '/basket',
    expect: 'An account is something for the second order.', evidence: 'Many leave where a password is asked for.',
    change: 'ask for an account after the order and not before', because: 'nobody wants a password for a bag of coffee', lift: 0.38, found: 'better',
    why: 'More order, and half of them make an account afterwards.', surprise: 'There are no fewer accounts than before.',
    tell: 'Ask when you have given something. The same question costs nothing after the order and a customer before.', next: 'Take the account out of the letters as well.',
  },
  {
    season: 6, title: 'The hour at the head of the basket', words: basket('#basket-title', 'Your basket', 'Your basket, ready by ten'), effort: 1, impact: 1, page: '/basket',
    expect: 'The head of the basket says nothing. It could say by when.', evidence: '',
    asked: { question: 'Did you know until when to order for today?', choices: ['Yes', 'No'], comment: true },
    answers: {
      share: 0.4,
      control: ['No', 'Yes', { choice: 'Yes', text: 'It says so on the first page' }, 'No', { choice: 'No', text: 'Does it matter? I have enough for a week' }],
      treatment: ['Yes', 'Yes', { choice: 'Yes', text: 'Yes, but I order in the evening anyway' }, { choice: 'No', text: 'Ten in the morning or at night?' }],
    },
    change: 'say at the head of the basket by when to order', because: 'who knows the hour orders today', lift: 0.02, found: 'noEffectAsLarge',
    why: 'As many order with either.', surprise: 'None.',
    tell: 'The second test of the hour without an effect. When people order is decided elsewhere.', next: 'No more tests of the hour in the basket.',
  },
  {
    season: 7, title: 'Another coffee, one click away', words: basket('#add-another', 'Add another coffee', 'One more bag travels free'), effort: 1, impact: 2, page: '/basket',
    expect: 'A second bag costs no more post. Nobody says so where it matters.', evidence: 'What Prices has learned about delivery.',
    change: 'say that another bag travels free', because: 'people like to make use of what they pay for already', lift: 0.22, found: 'underpowered',
    why: 'It says neither, and of those who order no more take a second bag.', surprise: 'That the pricing lesson did not carry over to a line of words.',
    tell: 'It is the price that works, not the reminder of it.', next: 'Leave the line as it was.',
  },
]
