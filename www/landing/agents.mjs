// What visitors browse with. The names are those that a report uses; shares are of people and add up to 1.

export const BROWSERS = [
  {
    browser: 'Chrome', share: 0.36,
    agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  },
  {
    browser: 'Safari', share: 0.26,
    agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  },
  {
    browser: 'Chrome', share: 0.2,
    agent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36',
  },
  {
    browser: 'Firefox', share: 0.1,
    agent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:148.0) Gecko/20100101 Firefox/148.0',
  },
  {
    browser: 'Edge', share: 0.08,
    agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0',
  },
]

export const BOTS = [
  { browser: 'bot', share: 0.5, agent: 'Mozilla/5.0 (compatible; ExampleBot/2.1; +https://example.com/bot.html)' },
  { browser: 'bot', share: 0.5, agent: 'curl/8.10.1' },
]

/** The one that a number in [0, 1) falls on, of things that have shares. */
export function picked(things, number) {
  let end = 0
  return things.find(({ share }) => number < (end += share)) ?? things.at(-1)
}
