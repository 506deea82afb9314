// A picture of ours as a file that mails and slides take. Alone it has no style sheet, so each mark brings its looks along.

const LOOKS = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity', 'font-family', 'font-size',
  'font-weight', 'text-anchor', 'paint-order', 'dominant-baseline', 'font-variant',
]
/** Pixels of the file for one of the screen: sharp on any other. */
const SHARP = 2
const MARGIN = 24

/** The picture as PNG, as it looks now, on the ground that it stands on. */
export async function pictureFile(svg: SVGSVGElement): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect()
  const copy = svg.cloneNode(true) as SVGSVGElement
  const [from, to] = [svg, copy].map((root) => [root, ...root.querySelectorAll<SVGElement>('*')])
  from!.forEach((mark, index) => {
    const looks = getComputedStyle(mark)
    // Attributes, because the console's policy takes no styles that stand in elements.
    for (const name of LOOKS) to![index]!.setAttribute(name, looks.getPropertyValue(name))
    to![index]!.removeAttribute('class')
    to![index]!.removeAttribute('style')
  })
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  if (!copy.hasAttribute('viewBox')) copy.setAttribute('viewBox', `0 0 ${width} ${height}`)
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`
  await image.decode()
  const canvas = Object.assign(document.createElement('canvas'), { width: SHARP * (width + 2 * MARGIN), height: SHARP * (height + 2 * MARGIN) })
  const paper = canvas.getContext('2d')
  if (!paper) throw new Error('This browser draws no pictures.')
  paper.scale(SHARP, SHARP)
  paper.fillStyle = getComputedStyle(svg.closest('.card') ?? document.body).backgroundColor
  paper.fillRect(0, 0, width + 2 * MARGIN, height + 2 * MARGIN)
  paper.drawImage(image, MARGIN, MARGIN, width, height)
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture is empty.'))), 'image/png'))
}
