/** The global fader: one factor for all rates, so that their ratios stay. Pure. */

import { LIMIT, rateText } from "./rate";

/** Decades to each side of the middle. */
const REACH = 1;
/** No rate is taken below this: nothing would move any more. */
export const SMALLEST = 1e-12;

export interface Rate {
  name: string;
  rate: number;
}

export interface Scaled {
  rates: Rate[];
  factor: number;
  /** Why the factor is not the one that was asked for; empty if it is. */
  problem: string;
}

/** The factor at a height, in two digits; 1 in the middle. */
export function factorAt(height: number): number {
  const exponent = (Math.min(1, Math.max(0, height)) - 0.5) * 2 * REACH;
  return Number((10 ** exponent).toPrecision(2));
}

/** Height of a factor on the fader. */
export function heightOf(factor: number): number {
  return Math.min(1, Math.max(0, 0.5 + Math.log10(factor) / (2 * REACH)));
}

/** All rates times a factor, or as near to it as the first of them that meets a bound allows; a rate of 0 stays 0. */
export function scaleAll(rates: readonly Rate[], asked: number): Scaled {
  const moving = rates.filter(({ rate }) => rate > 0).sort((one, other) => one.rate - other.rate);
  const lowest = moving[0];
  const highest = moving[moving.length - 1];
  if (lowest === undefined || highest === undefined) {
    return { rates: [...rates], factor: 1, problem: "All rates are 0, so there is nothing to scale." };
  }
  const most = Math.max(1, LIMIT / highest.rate);
  const least = Math.min(1, SMALLEST / lowest.rate);
  const factor = Math.min(most, Math.max(least, asked));
  let problem = "";
  if (factor < asked) problem = `“${highest.name}” is at ${LIMIT}, the highest rate: all stop there, so ratios stay.`;
  if (factor > asked) problem = `“${lowest.name}” is at ${rateText(SMALLEST)}: all stop there, so ratios stay.`;
  const scaled = rates.map(({ name, rate }) => ({ name, rate: timesExactly(rate, factor) }));
  return { rates: scaled, factor, problem };
}

/** Without the noise of binary fractions. */
function timesExactly(rate: number, factor: number): number {
  return Math.min(LIMIT, Number((rate * factor).toPrecision(12)));
}

/** ×½, ×2, ×1.3 */
export function factorText(factor: number): string {
  if (factor === 0.5) return "×½";
  return `×${Number(factor.toPrecision(2))}`;
}
