/** Which flags get their words, and where over the plot these have room beside each other; which one is at a place. Pure. */

import { cutInTheMiddle } from "../shared/cut";
import type { Range } from "./axis";
import { escape, unescape } from "./markup";
import type { Flag } from "./message";
import { unitsOf } from "./over";

/** Height of a row of words. */
export const ROW_PX = 14;
const LETTER_PX = 5;
const GAP_PX = 8;
/** So far words may stand over the vertical axis' own. */
const EDGE_PX = 30;
const MAX_LETTERS = 26;

export interface Label {
  flag: Flag;
  /** In the axis' own units. */
  x: number;
  /** From the plot upwards. */
  row: number;
  anchor: "left" | "right";
  text: string;
  whole: string;
  colour: string;
}

export interface Frame {
  flags: readonly Flag[];
  zoom: { x: Range | null };
  /** Of the horizontal axis where it is not zoomed, in the axis' own units. */
  span: Range;
  over: { isLog: boolean };
  isLarge: boolean;
}

/** The newest first; one that finds no room has its line alone. */
export function labelsOf(frame: Frame, width: number): Label[] {
  const axis = axisOf(frame);
  const rows: Range[][] = Array.from({ length: frame.isLarge ? 3 : 1 }, () => []);
  const labels: Label[] = [];
  for (const flag of frame.flags.filter((each) => isInSight(axis(each))).reverse()) {
    const letters = cutInTheMiddle(unescape(flag.text), MAX_LETTERS);
    const text = escape(letters);
    const at = axis(flag) * width;
    const size = LETTER_PX * letters.length + GAP_PX;
    const right = { anchor: "right", taken: [at - size, at] } as const;
    const left = { anchor: "left", taken: [at, at + size] } as const;
    // Words in the right half would be cut off at the edge.
    const choices = at > width / 2 ? [right, left] : [left, right];
    const found = choices
      .filter(({ taken }) => taken[0] >= -EDGE_PX && taken[1] <= width)
      .flatMap(({ anchor, taken }) =>
        rows.map((others, row) => ({ anchor, taken, row, isFree: others.every((other) => areApart(taken, other)) })),
      )
      .find(({ isFree }) => isFree);
    if (found === undefined) continue;
    const { anchor, taken, row } = found;
    rows[row]!.push([...taken]);
    labels.push({
      flag,
      x: unitsOf(flag.x, frame.over.isLog),
      row,
      anchor,
      text,
      whole: flag.text,
      colour: flag.colour,
    });
  }
  return labels.reverse();
}

/** The flag whose line is at most `reach` pixels from a place on the plot, the nearest one; null if there is none. */
export function flagAt(frame: Frame, width: number, place: number, reach: number): Flag | null {
  const axis = axisOf(frame);
  const away = (flag: Flag) => Math.abs(axis(flag) * width - place);
  const near = frame.flags.filter((flag) => isInSight(axis(flag)) && away(flag) <= reach);
  return near.sort((one, other) => away(one) - away(other))[0] ?? null;
}

/** What tells a flag from the others. */
export function flagKey(flag: Flag): string {
  return `${flag.run} ${flag.x} ${flag.text}`;
}

/** Where on the axis a flag is: 0 at its beginning, 1 at its end. */
function axisOf({ zoom, span, over }: Frame): (flag: Flag) => number {
  const [from, to] = zoom.x ?? span;
  return (flag) => (unitsOf(flag.x, over.isLog) - from) / Math.max(to - from, 1e-9);
}

function isInSight(place: number): boolean {
  return place >= 0 && place <= 1;
}

function areApart(one: readonly [number, number], other: Range): boolean {
  return one[1] <= other[0] || one[0] >= other[1];
}
