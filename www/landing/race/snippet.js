// An asynchronous snippet as it is put into many pages: it asks for its configuration, and then changes the words.
{
  const { src } = document.currentScript
  const parsed = new Promise((resolve) => {
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', resolve)
    else resolve()
  })
  const asked = fetch(new URL('config.json', src)).then((response) => response.json())
  Promise.all([asked, parsed]).then(([{ edits }]) => {
    for (const { select, text } of edits) document.querySelector(select).textContent = text
  }).finally(() => {
    document.querySelector('#veil')?.remove()
    globalThis.changed = true
  })
}
