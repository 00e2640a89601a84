/** Ticks of the axes of curves: where they stand, in the axis' own units, and what they say. Pure. */

import { format } from "d3-format";
import { scaleLinear, tickFormat } from "d3-scale";
import { type Along, TIME_TICKS } from "../along";
import { logTicks, type Range } from "../axis";
import type { Scale } from "../message";

export interface Tick {
  at: number;
  text: string;
}

/** Beyond these a number is written with a prefix: 100k, 20µ. */
const LARGE = 1e5;
const SMALL = 1e-3;

/**
 * Of the vertical axis.
 *
 * @param range in the axis' own units.
 * @param floor where zero is drawn on a logarithmic axis, if anything is.
 * @param specifier d3's format of a linear axis; empty for as many digits as tell the ticks apart.
 */
export function verticalTicks(
  range: Range,
  scale: Scale,
  floor: number | null,
  most: number,
  specifier: string,
): Tick[] {
  if (scale === "log") {
    const { tickvals, ticktext } = logTicks(10 ** range[0], 10 ** range[1], floor, most);
    return tickvals.map((value, place) => ({ at: Math.log10(value), text: ticktext[place]! }));
  }
  const places = roundPlaces(range, most);
  const say = tickFormat(range[0], range[1], Math.max(2, places.length), specifierOf(places, specifier));
  return places.map((at) => ({ at, text: say(at) }));
}

/** Of the horizontal axis; only the last says what is counted, unless these are steps. */
export function horizontalTicks(range: Range, along: Along, isLog: boolean, most: number): Tick[] {
  const { specifier, suffix } = TIME_TICKS[along];
  const say = format(specifier);
  const values = isLog ? logTicks(10 ** range[0], 10 ** range[1], null, most).tickvals : roundPlaces(range, most);
  const shown = along === "steps" ? values.filter((value) => Number.isInteger(value)) : values;
  return shown.map((value, place) => ({
    at: isLog ? Math.log10(value) : value,
    text: say(value) + (place === shown.length - 1 ? suffix : ""),
  }));
}

/** As many round numbers as there is room for. */
function roundPlaces(range: Range, most: number): number[] {
  const scale = scaleLinear(range, [0, 1]);
  let places: number[] = [];
  for (let count = most; count >= 1; count--) {
    places = scale.ticks(count);
    if (places.length <= most) break;
  }
  return places;
}

/** Percentages get the digits that tell them apart when d3 chooses the precision. */
function specifierOf(places: readonly number[], specifier: string): string {
  if (specifier.endsWith("%")) return "%";
  if (specifier !== "") return specifier;
  const greatest = Math.max(...places.map(Math.abs), 0);
  const step = places.length > 1 ? Math.abs(places[1]! - places[0]!) : greatest;
  return greatest >= LARGE || (step < SMALL && step > 0) ? "s" : "";
}
