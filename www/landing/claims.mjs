// What the demo's teams hold to be so, with the experiments of the history (history.mjs) that speak for and against it.

export const CLAIMS = [
  {
    text: 'A lower price by itself brings nobody new.',
    speaksFor: ['A tenth off the first order', 'Two bags for less'],
    against: ['Free delivery from £20'],
  },
  {
    text: 'How and where a price is written does not matter, as long as it is the whole one.',
    speaksFor: ['The price before the name', 'Prices without pence', 'What a bag costs a day'],
    against: ['One price with delivery in it'],
  },
  {
    text: 'What delivery costs decides more than what the coffee costs.',
    speaksFor: ['Free delivery from £20', 'Free delivery from £30', 'One price with delivery in it'],
    against: [],
  },
  {
    text: 'Pictures on the first page move nobody.',
    speaksFor: ['A cup in the picture', 'Nobody in the picture'],
    against: [],
  },
  {
    text: 'A shelf is for choosing: fewer choices sell less.',
    speaksFor: ['One coffee on the shelf'],
    against: ['A shelf for regulars', 'The dearest coffee first'],
  },
  {
    text: 'Each step less before an order is worth weeks of work.',
    speaksFor: ['Pay with the telephone', 'Order as a guest first', 'Order in three steps'],
    against: ['No telephone number'],
  },
  {
    text: 'When a letter comes and what stands over it does not make people order.',
    speaksFor: ['A question over the letter', 'The letter in the evening', 'The letter in five lines'],
    against: [],
  },
]
