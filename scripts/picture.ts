/** Turns a terminal recording (raw text with ANSI colours, on stdin) into an SVG on stdout: the README's picture. */
import { text } from 'node:stream/consumers'
import Anser from 'anser'

const lineHeight = 20
const charWidth = 8.4
const padding = 18

const escapeXml = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const lines = (await text(process.stdin)).replaceAll('\r', '').trimEnd().split('\n')
const width = Math.ceil(
  Math.max(...lines.map((line) => Anser.ansiToText(line).length)) * charWidth + 2 * padding,
)
const height = lines.length * lineHeight + 2 * padding

const rows = lines.map((line, index) => {
  const spans = Anser.ansiToJson(line, { remove_empty: true }).map((part) => {
    const styles = [
      ...(part.fg ? [`fill="rgb(${part.fg})"`] : []),
      ...(part.decorations.includes('bold') ? ['font-weight="600"'] : []),
      ...(part.decorations.includes('dim') ? ['opacity="0.6"'] : []),
    ]
    return `<tspan ${styles.join(' ')}>${escapeXml(part.content)}</tspan>`
  })
  const y = padding + (index + 0.8) * lineHeight
  return `<text x="${padding}" y="${y.toFixed(0)}" xml:space="preserve">${spans.join('')}</text>`
})

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="#d8dee9">
<rect width="100%" height="100%" rx="8" fill="#161b22"/>
${rows.join('\n')}
</svg>
`)
