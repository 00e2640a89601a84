/** Learning rates on a logarithmic scale: where they stand, how they read, how they are typed. Pure. */

import type { Meter } from "./types";

/** By what a key changes a rate, on a slider and on the fader. */
export const KEY_FACTORS: Record<string, number> = {
  ArrowUp: 1.1,
  ArrowRight: 1.1,
  ArrowDown: 1 / 1.1,
  ArrowLeft: 1 / 1.1,
  PageUp: 2,
  PageDown: 0.5,
};

/** Ends of the slider. */
export const LOWEST = 1e-6;
export const HIGHEST = 10;
/** What the document allows. */
export const LIMIT = 100;

const LOW = Math.log10(LOWEST);
const SPAN = Math.log10(HIGHEST) - LOW;

export const DECADES = Array.from({ length: SPAN + 1 }, (_, index) => LOW + index);

/** Height on the slider in [0, 1]; rates beyond an end stand at that end. */
export function position(rate: number): number {
  if (rate <= LOWEST) return 0;
  return Math.min(1, (Math.log10(rate) - LOW) / SPAN);
}

/** The rate at a height, in two digits: more could not be aimed at. */
export function rateAt(height: number): number {
  const exponent = LOW + SPAN * Math.min(1, Math.max(0, height));
  return Number((10 ** exponent).toPrecision(2));
}

/** A rate times a factor, without the noise of binary fractions, within what the document allows. */
export function scaled(rate: number, factor: number): number {
  if (rate === 0 && factor > 1) return LOWEST;
  return Math.min(LIMIT, Number((rate * factor).toPrecision(12)));
}

/** One key press on the slider, in three digits; never below its lower end. */
export function nudged(rate: number, factor: number, limit = LIMIT): number {
  return Math.min(limit, Math.max(LOWEST, Number((rate * factor).toPrecision(3))));
}

const NUMBER = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A quantity that is typed. */
export interface Quantity {
  /** As in "Learning rate of Stem". */
  title: string;
  /** As in "A rate is never below 0". */
  word: string;
  /** The document's bound. */
  limit: number;
}

export const RATE: Quantity = { title: "Learning rate", word: "rate", limit: LIMIT };
export const DECAY: Quantity = { title: "Weight decay", word: "weight decay", limit: 10 };

/** A typed number, or why it is none. */
export function parseRate(text: string, { word, limit } = RATE): { rate: number } | { problem: string } {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed.replace(/^-/, "")) && trimmed.startsWith("-"))
    return { problem: `A ${word} is never below 0.` };
  if (!NUMBER.test(trimmed)) return { problem: "Not a number. Write it as 0.01 or 1e-2." };
  const rate = Number(trimmed);
  if (rate > limit) return { problem: `Too large. The highest ${word} is ${limit}.` };
  return { rate };
}

/** Short and in at most four digits: 0.1, 3e-2, 1.25e-4. */
export function rateText(rate: number): string {
  return shortText(rate, 4);
}

/** For a meter: two digits, which do not flicker. */
export function meterText(value: Meter): string {
  if (typeof value === "string") return value;
  return value === null ? "—" : shortText(value, 2);
}

function shortText(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits));
  if (rounded === 0 || (rounded >= 0.1 && rounded < 1e4)) return String(rounded);
  return rounded.toExponential().replace("e+", "e");
}

/** 4,160; 62.2k; 1.2M. */
export function countText(count: number): string {
  if (count < 10_000) return count.toString().replace(/\B(?=(\d{3})+$)/g, ",");
  for (const [unit, sign] of UNITS) if (count >= unit) return `${Number((count / unit).toPrecision(3))}${sign}`;
  return String(count);
}

const UNITS = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;
