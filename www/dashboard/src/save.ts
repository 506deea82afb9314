/** Hands a text or a picture to the person as a file. */
export function save(name: string, content: string | Blob, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  // Some browsers only begin to read after this task.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
