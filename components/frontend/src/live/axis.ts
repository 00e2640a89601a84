/** Where zero lies on a logarithmic axis, its ticks, and the range that is shown; the same rules as builder/charts/axis.py. */

import type { Cell, Scale } from "./message";

export type Range = [number, number];

/** Where a true zero is drawn: a decade under the decade of the least positive value. */
export function zeroFloor(values: readonly Cell[]): number {
  let least = Infinity;
  for (const value of values) if (value !== null && value > 0 && value < least) least = value;
  return power10(Math.floor(Math.log10(Number.isFinite(least) ? least : 1)) - 1);
}

/** 10 to an integer, exactly the literal: `10 ** -5` is not. */
export function power10(exponent: number): number {
  return Number(`1e${exponent}`);
}

/** Which share has the full colour of a linear map: all, or the next of 0.5, 0.2, 0.1, … above what is in sight. */
export function fullColour(rows: readonly (readonly Cell[])[]): number {
  let greatest = -Infinity;
  for (const row of rows) for (const value of row) if (value !== null && value > greatest) greatest = value;
  if (!Number.isFinite(greatest) || greatest <= 0) return 1;
  const power = Math.floor(Math.log10(greatest));
  return [1, 2, 5, 10].map((digit) => Number(`${digit}e${power}`)).find((share) => share >= greatest)!;
}

/** Ticks: two do not show that the axis is logarithmic, and one shows nothing. */
const ENOUGH = 3;
const DIGITS = [
  [1, 2, 5],
  [1, 3],
  [1, 2, 4, 6, 8],
];

const STEPS = [5, 2.5, 2, 1];

type Tick = [number, string];

/** Decades, or finer where fewer than three are in sight; the floor's tick says 0. */
export function logTicks(
  low: number,
  high: number,
  floor: number | null = null,
  most = 8,
): { tickvals: number[]; ticktext: string[] } {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / most));
  let ticks: Tick[] = [];
  for (let power = first; power <= last; power++) {
    if (power % every === 0) ticks.push([power10(power), `1e${power}`]);
  }
  if (ticks.length < 2 && last > first) ticks = [first, last].map((power) => [power10(power), `1e${power}`]);
  if (ticks.length < ENOUGH) {
    const finer = finerTicks(low, high, most);
    // Where there is room for two alone, they are two decades.
    if (finer.length <= most || ticks.length < 2) ticks = finer;
  }
  if (floor !== null && low <= floor) {
    // Less than a decade above the floor there is no value: where all are zero, nothing else is to be read.
    ticks = [[floor, "0"], ...ticks.filter(([value]) => high > 10 * floor && value > floor * 1.0001)];
  }
  return { tickvals: ticks.map(([value]) => value), ticktext: ticks.map(([, label]) => label) };
}

/**
 * The first of several digits of each decade that give enough ticks, else, over a decade or more, those that give least of
 * too many, and within one the widest equal steps that give enough.
 */
function finerTicks(low: number, high: number, most: number): Tick[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.floor(Math.log10(high));
  let least: Tick[] | null = null;
  for (const digits of DIGITS) {
    const ticks: Tick[] = [];
    for (let power = first; power <= last; power++) {
      for (const digit of digits) {
        const value = Number(`${digit}e${power}`);
        const label = power === 0 ? `${digit}` : `${digit}e${power}`;
        if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.push([value, label]);
      }
    }
    if (ticks.length >= ENOUGH && ticks.length <= most) return ticks;
    if (ticks.length >= ENOUGH && ticks.length < (least?.length ?? Infinity)) least = ticks;
  }
  if (least !== null && high >= 10 * low) return least;
  const unit = 10 ** Math.floor(Math.log10(high - low));
  let ticks: Tick[] = [];
  for (const step of [unit, unit / 10].flatMap((part) => STEPS.map((factor) => factor * part))) {
    ticks = [];
    for (let count = Math.ceil(low / step - 1e-9); count <= Math.floor(high / step + 1e-9); count++) {
      ticks.push([count * step, short(count * step)]);
    }
    if (ticks.length >= ENOUGH) break;
  }
  return ticks;
}

/** With a mantissa of as few digits as it takes: `2.5e-1`. */
function short(value: number): string {
  const [mantissa, power] = value.toExponential(6).split("e");
  return Number(power) === 0 ? `${Number(mantissa)}` : `${Number(mantissa)}e${Number(power)}`;
}

/** The greatest value, if it lies above the limit and so does not widen a linear axis; null where all do. */
export function above(values: readonly Cell[], limit: number | undefined): number | null {
  if (limit === undefined) return null;
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return greatest <= limit || least > limit ? null : greatest;
}

/**
 * A range of the vertical axis that holds all values, in the axis' own units (exponents if logarithmic). The one shown
 * before stays while it fits and is not mostly empty, so that the axis does not shiver with every point.
 */
export function verticalRange(
  values: readonly Cell[],
  scale: Scale,
  before: Range | null,
  limit = Infinity,
): Range | null {
  let low = Infinity;
  let high = -Infinity;
  const floor = scale === "log" ? 0 : -Infinity;
  for (const value of values) {
    if (value === null || value > limit || value <= floor) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return null;
  if (scale === "log") [low, high] = [Math.log10(low), Math.log10(high)];
  const extent = Math.max(high - low, scale === "log" ? 0.3 : Math.abs(high) * 0.02, 1e-12);
  if (before !== null) {
    const [bottom, top] = before;
    const padding = 0.015 * (top - bottom);
    const fits = low >= bottom + padding && high <= top - padding;
    if (fits && extent >= 0.6 * (top - bottom)) return before;
  }
  return [low - 0.07 * extent, high + 0.09 * extent];
}
