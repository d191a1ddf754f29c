const FIRST_MS = 500;
const LONGEST_MS = 8_000;

/**
 * Return how long to wait, in ms, before the attempt of this number (1 is the first after a failure): twice
 * as long each time, up to 8 s, and shortened by up to a half at random, so that the pages that an API lost
 * do not all come back at once. `random` is in [0, 1).
 */
export function pauseBefore(attempt: number, random: number): number {
  const full = Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, 10), LONGEST_MS);
  return full * (1 - random / 2);
}
