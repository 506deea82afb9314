/** Hands a text to the person as a file. */
export function save(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  // Some browsers only begin to read after this task.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
