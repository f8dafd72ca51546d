/** Stories that are told again and again, with death at one call after the other. */

/**
 * `story(n)` tells it with death at call n, and answers whether it came to that. Answers how often it died; an error says
 * at which call.
 */
export async function deathsIn(story: (n: number) => Promise<boolean>): Promise<number> {
  for (let n = 1; ; n++) {
    const died = await story(n).catch((error: Error) => {
      error.message = `death at call ${n}: ${error.message}`
      throw error
    })
    if (!died) return n - 1
  }
}
