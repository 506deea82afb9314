// What the team “Letters” has tried: what the shop writes, to whom and when, and what people find who come from there.

export const FLAGS = {
  'letter-subject': ['What stands over the weekly letter', 'plain', 'question', 'named', 'short'],
  'letter-hour': ['When the weekly letter leaves', 'morning', 'evening', 'sunday'],
  'letter-often': ['How often a letter comes', 'weekly', 'twice'],
  'letter-after': ['What comes after the first bag', 'nothing', 'thanks', 'how-to-brew'],
  'letter-lands': ['Where the letter leads to', 'first-page', 'same-bag'],
}

export const TRIED = [
  {
    season: 0, title: 'A question over the letter', flag: ['letter-subject', 'question'], effort: 1, impact: 2,
    expect: 'A question wants an answer, so more open the letter and come.', evidence: '',
    change: 'put a question over the weekly letter', because: 'a question makes curious', lift: 0, found: 'noEffectAsLarge',
    why: 'As many order.', surprise: 'More opened it, and no more ordered. We had only ever looked at the first.',
    tell: 'Opened letters are not orders. Count what pays for the paper.', next: 'Look at what stands in the letter.',
  },
  {
    season: 1, title: 'The letter in the evening', flag: ['letter-hour', 'evening'], effort: 1, impact: 2,
    expect: 'In the morning everybody has coffee already.', evidence: 'Most orders come after eight in the evening.',
    change: 'send the letter in the evening', because: 'people order in the evening', lift: 0.04, found: 'noEffectAsLarge',
    why: 'No difference that would matter.', surprise: 'Those who order in the evening read the letter in the morning.',
    tell: 'When somebody orders and when somebody reads are two things.', next: 'Try the day and not the hour.',
  },
  {
    season: 2, title: 'Thanks after the first bag', flag: ['letter-after', 'thanks'], effort: 1, impact: 2,
    expect: 'A word of thanks is the least, and who is thanked comes back.', evidence: 'Half of all newcomers order once.',
    change: 'write a letter of thanks after the first bag', because: 'people come back to where they are seen', lift: 0.03, found: 'noEffectAsLarge',
    why: 'No more come back than without it.', surprise: 'Several answered, and all of them with a question about brewing.',
    tell: 'Thanks are good manners and no reason to buy. The questions are what we should have asked for.', next: 'Write how to brew it.',
  },
  {
    season: 2, title: 'The roaster’s name over the letter', flag: ['letter-subject', 'named'], effort: 1, impact: 2,
    expect: 'A letter from a person is opened before one from a shop.', evidence: '',
    change: 'let the roaster’s name stand over the letter', because: 'people open letters from people', lift: 0.25, silent: 0.5, found: 'invalid',
    why: 'The counting of the new letter was broken: every second visit from it got lost. Nothing can be said.', surprise: 'The first numbers looked splendid. Then the engine said that they were not fair, and it was right.',
    tell: 'If a result is too good, look at the counting first. The link in the new letter had a second redirect that dropped the report.', next: 'Mend the link and begin again.',
  },
  {
    season: 3, title: 'The letter on Sunday', flag: ['letter-hour', 'sunday'], effort: 1, impact: 2,
    expect: 'On Sunday there is time for coffee and for letters.', evidence: 'Sunday has the longest visits.',
    change: 'send the letter on Sunday', because: 'people have time on Sunday', lift: 0.06, found: 'underpowered',
    why: 'It says neither, and on Sunday nobody of us is there to answer.', surprise: 'That a better day cannot be seen either, if there is one.',
    tell: 'When a letter comes is not what decides about it, or not enough for so few as we are to see. Do not test the calendar again.', next: 'Work on what the letter is for.',
  },
  {
    season: 4, title: 'How to brew it, after the first bag', flag: ['letter-after', 'how-to-brew'], effort: 2, impact: 3,
    expect: 'Who does not like the first bag has often brewed it wrongly.', evidence: 'The answers to the letter of thanks.',
    change: 'write how to brew the first bag', because: 'a good first cup makes a second bag', lift: 0.12, found: 'noEffectAsLarge',
    why: 'Not as much as we hoped for. It stays in the drawer until we can measure second orders by themselves.', surprise: 'Many kept the letter, and came back weeks after the test.',
    tell: 'A test of two weeks cannot see what happens after three. Choose the window before the start.', next: 'Repeat it with a longer window.',
  },
  {
    season: 5, title: 'The letter in five lines', flag: ['letter-subject', 'short'], effort: 1, impact: 2,
    expect: 'Nobody reads two pages.', evidence: 'Most visits come from the first link.',
    change: 'shorten the letter to five lines', because: 'what is short is read', lift: 0, found: 'noEffectAsLarge',
    why: 'No difference, and five lines take a tenth of the time to write.', surprise: 'Two people asked where the long one was.',
    tell: 'Short does no harm, so write short and spend the time elsewhere.', next: 'Write five lines from now on, without a test.',
  },
  {
    season: 6, title: 'From the letter to the same bag', flag: ['letter-lands', 'same-bag'], effort: 2, impact: 3,
    expect: 'What worked on the shelf should work in the letter: one button, the bag of last time.', evidence: 'The shelf for regulars.',
    change: 'lead from the letter straight to the bag of last time', because: 'most come for the same bag', lift: -0.1, errors: 0.25, found: 'harm',
    why: 'Bags that are sold out led to an error. It was taken back by itself.', surprise: 'We copied a lesson and forgot the case that made it hard.',
    tell: 'Ask of each link where it leads when the thing is gone.', next: 'Lead to the shelf if the bag is gone, and begin again.',
  },
  {
    season: 6, title: 'Two letters a week', flag: ['letter-often', 'twice'], effort: 2, impact: 2,
    expect: 'Who hears from us twice orders more often.', evidence: '',
    change: 'write twice a week', because: 'people forget us in a week', lift: 0, found: 'aborted', after: 1.5,
    why: 'Complaints came on the second day. More letters are not worth them, whatever the numbers say.', surprise: 'How fast people tell us to stop.',
    tell: 'There are things that one does not need a test for. Ask five customers first.', next: 'One letter a week, and a good one.',
  },
  {
    season: 7, title: 'A question at the end of the letter', flag: ['letter-subject', 'question'], effort: 1, impact: 1,
    expect: 'The question did nothing above the letter. Below it somebody may answer.', evidence: 'The test of spring.',
    change: 'end the letter with a question', because: 'who answers comes to the shop', lift: 0.02, found: 'noEffectAsLarge',
    why: 'As many order.', surprise: 'Thirty answers, which are worth more to us than the orders would have been.',
    tell: 'The second test of questions without an effect on orders. Their answers are what they are good for.', next: 'Collect the answers and give them to Shop front.',
  },
]
