/** How values are written for people, on one line. */
import { expect, test } from 'vitest'
import { renderField } from '../../src/render-value.ts'

test('of two long names that begin alike only what tells them apart is shown', () => {
  const image = { path: 'image', from: '1.dkr.ecr/shop/web:1.4', to: '1.dkr.ecr/shop/web:1.5' }
  expect(renderField(image)).toBe('image web:1.4 → web:1.5')
})

test('a tag is shown as a whole: its end alone says nothing', () => {
  const path = 'tags["fairlead:resource"]'
  expect(renderField({ path, from: 'default/Service/gone', to: 'default/Service/web' })).toBe(
    `${path} default/Service/gone → default/Service/web`,
  )
})
