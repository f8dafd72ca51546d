/** Seeded randomness in streams by purpose, so that one more draw for one purpose shifts no other. */
import type { World } from '../world.ts'

function seedOf(seed: number, purpose: string): number {
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < purpose.length; i++) {
    hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193)
  }
  return hash >>> 0
}

/** The next number in [0, 1) of a stream (mulberry32). */
export function draw(world: World, purpose: string): number {
  const state = ((world.streams.get(purpose) ?? seedOf(world.seed, purpose)) + 0x6d2b79f5) >>> 0
  world.streams.set(purpose, state)
  let t = state
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

/** A whole number of milliseconds between `from` and `to`: drawn, or an end where the world keeps to one. */
export function between(world: World, purpose: string, from: number, to: number): number {
  if (world.pace) return world.pace === 'quick' ? from : to
  return Math.round(from + draw(world, purpose) * (to - from))
}

/** `length` hex digits. */
export function hexId(world: World, purpose: string, length = 32): string {
  let id = ''
  while (id.length < length) {
    id += Math.floor(draw(world, purpose) * 4294967296)
      .toString(16)
      .padStart(8, '0')
  }
  return id.slice(0, length)
}

/** A UUID in its usual spelling. */
export function uuid(world: World, purpose: string): string {
  const hex = hexId(world, purpose)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** `length` decimal digits, the first of them not zero. */
export function digits(world: World, purpose: string, length: number): string {
  let id = String(1 + Math.floor(draw(world, purpose) * 9))
  while (id.length < length) id += Math.floor(draw(world, purpose) * 10)
  return id
}
