/** When to draw: soon after news, but never so often that drawing takes more than its share of the main thread. */

const SHARE = 0.15;
const LONGEST_MS = 1500;

export class Pace {
  private cost = 0;
  private begun = -Infinity;

  /** How long to wait from `now` on before the next round. */
  wait(now: number): number {
    return Math.max(0, this.begun + Math.min(LONGEST_MS, this.cost / SHARE) - now);
  }

  /** A round of drawing began at `begun` and took `cost`, all in milliseconds. */
  took(begun: number, cost: number): void {
    this.begun = begun;
    // The first draw of a chart builds it and is no measure of the next one.
    this.cost = this.cost === 0 ? Math.min(cost, 40) : 0.7 * this.cost + 0.3 * cost;
  }
}
