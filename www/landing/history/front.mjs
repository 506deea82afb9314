// What the team “Shop front” has tried: the first page, and the page with the beans.

export const FLAGS = {
  shelf: ['What the shelf of beans begins with', 'all', 'regulars', 'one-coffee'],
  'first-picture': ['What the picture on the first page shows', 'signal-box', 'cup', 'nobody'],
  reviews: ['Whether what customers wrote stands beside a coffee', 'without', 'with'],
}

const SHELF = 'Four coffees, roasted to order from Monday to Friday and sent the same evening.'

export const TRIED = [
  {
    season: 0, title: 'Say what is not to your taste', words: ['/', [['#fact-taste', 'Not to your taste?', 'Not to your taste? We swap the bag']]], effort: 1, impact: 2, page: '/',
    expect: 'We do swap bags, and nobody knows. Whoever is unsure should read it before they order.', evidence: 'Six swaps in a year.',
    change: 'say on the first page that a bag can be swapped', because: 'people fear to be left with a bag that they do not like', lift: 0, found: 'noEffectAsLarge',
    why: 'As many order with either.', surprise: 'That a promise which costs us so little brings so little.',
    tell: 'People who have never ordered do not think about what happens after a bad bag.', next: 'Write it on the bag, where it is needed.',
  },
  {
    season: 0, title: 'What customers wrote, beside each coffee', flag: ['reviews', 'with'], effort: 3, impact: 3, page: '/beans',
    expect: 'Nobody can taste on a page. The words of those who did are the next best thing.', evidence: 'We have four hundred letters and use none.',
    change: 'put two sentences of customers beside each coffee', because: 'other people’s words are believed sooner than ours', lift: 0.4, found: 'better',
    why: 'Clearly more order, and it costs an afternoon a month.', surprise: 'Short, clumsy sentences did well. We had nearly taken them out.',
    tell: 'Let customers speak as they do. “Tastes like the kitchen at my gran’s” sells more than any note of ours.', next: 'Ask for a sentence in the letter after the first bag.',
  },
  {
    season: 1, title: 'A cup in the picture', flag: ['first-picture', 'cup'], effort: 2, impact: 2, page: '/',
    expect: 'A signal box is pretty and sells no coffee. A cup says what we are.', evidence: '',
    change: 'show a cup in place of the signal box', because: 'people see at once what is sold here', lift: 0, found: 'noEffectAsLarge',
    why: 'No difference, and we like the box.', surprise: 'The headline says coffee already. Nobody needed a cup to understand it.',
    tell: 'A picture that repeats the headline adds nothing.', next: 'Leave pictures and go for words.',
  },
  {
    season: 2, title: 'Explain the signal arms in a sentence', words: ['/beans', [['#shelf-intro', SHELF, 'An arm that is raised is a light roast, a level one a dark roast.']]], effort: 1, impact: 2, page: '/beans',
    expect: 'The arms on the bags are our mark, and newcomers cannot read them.', evidence: 'People at the counter ask what the arms mean.',
    change: 'explain the arms above the shelf', because: 'whoever can read the bag can choose', lift: 0.2, found: 'underpowered',
    why: 'It says neither, and we waited a day and a half longer than planned.', surprise: 'Those who asked at the counter had a bag in their hand already.',
    tell: 'A question from customers is no evidence that the answer sells.', next: 'Print it on the back of the bag.',
  },
  {
    season: 3, title: 'Begin the headline with the town', words: ['/', [['#headline', 'Coffee, roasted the day it ships', 'From the signal box, roasted the day it ships']]], effort: 1, impact: 1, page: '/',
    expect: 'We are from somewhere. It could be the first thing that people read.', evidence: '',
    change: 'begin the headline with the place', because: 'people like to buy from a place', lift: -0.02, found: 'noEffectAsLarge',
    why: 'No difference, and the old one is shorter.', surprise: 'Not much. It was a small change.',
    tell: 'Half a line of words is too small a lever for so few visitors as we have. Try something that changes the offer.', next: 'Say something about time: when it is roasted, when it comes.',
  },
  {
    season: 4, title: 'A shelf for regulars', flag: ['shelf', 'regulars'], effort: 2, impact: 3, page: '/beans',
    expect: 'Whoever was here before wants the same bag again, and now has to find it.', evidence: 'Two of three orders are somebody’s second or later one.',
    change: 'put the bag of last time first for those who come back', because: 'most come for the same bag', lift: 0.4, found: 'better',
    why: 'More of those who come back order, and nothing breaks.', surprise: 'It also saves us letters: fewer write that they took the wrong bag.',
    tell: 'The best thing to show somebody is what they chose the last time.', next: 'The same in the letters: one button, the same bag.',
  },
  {
    season: 4, title: 'Fewer facts under the headline', words: ['/', [['#fact-dated', 'Dated by hand', 'Dated'], ['#fact-letterbox', 'Through the letterbox', 'By letterbox']]], effort: 1, impact: 1, page: '/',
    expect: 'Four facts are three too many.', evidence: '',
    change: 'shorten the facts on the first page', because: 'less to read leaves more to see', lift: 0, found: 'noEffectAsLarge',
    why: 'Nobody minds either way.', surprise: 'How little of that line anybody reads.',
    tell: 'If a line can be halved without an effect, ask whether it is needed at all.', next: 'Try the page without it.',
  },
  {
    season: 5, title: 'Nobody in the picture', flag: ['first-picture', 'nobody'], effort: 1, impact: 1, page: '/',
    expect: 'Without a picture the page is there sooner, and the beans are nearer.', evidence: 'The picture is half of the page’s weight.',
    change: 'take the picture off the first page', because: 'the way to the beans gets shorter', lift: 0.03, found: 'noEffectAsLarge',
    why: 'No fewer order without it, and no more. We keep it because we like it.', surprise: 'That it does no harm either.',
    tell: 'The picture is for us, not for sales. That is fine as long as everybody knows it.', next: 'Make it lighter, since it does nothing.',
  },
  {
    season: 6, title: 'One coffee on the shelf', flag: ['shelf', 'one-coffee'], effort: 2, impact: 2, page: '/beans',
    expect: 'Who has no choice need not choose. The rest is a click away.', evidence: 'A talk about jam.',
    change: 'show one coffee and hide the others behind a link', because: 'four coffees are too many for somebody who knows none', lift: -0.5, found: 'worse',
    why: 'Far fewer order. Four is not too many.', surprise: 'How clear it was, and how soon.',
    tell: 'Do not hide what people came for. Choice is a burden with forty things, not with four.', next: 'Help to choose among the four.',
  },
  {
    season: 7, title: 'Name the mail train', words: ['/', [['#lead', 'Small batches from an old signal box beside the branch line. Order before ten, and your beans are roasted, bagged and on the mail train the same evening.', 'Small batches from an old signal box beside the branch line. Order before ten, and your beans leave at 18:42.']]], effort: 1, impact: 2, page: '/',
    expect: 'A time that one can check is believed.', evidence: 'People photograph the timetable.',
    change: 'say at what minute the beans leave', because: 'a minute is more of a promise than an evening', lift: 0.08, found: 'noEffectAsLarge',
    why: 'If there is something in it, then less than would matter.', surprise: 'It looked like a win for the first three days.',
    tell: 'Early numbers lead one on. Nobody stopped early, and that was right.', next: 'Promise the morning, not the minute.',
  },
]
