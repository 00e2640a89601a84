/** What blocks do while a run trains: the numbers as heights, and in words. Pure. */

import { type Decades, GRADIENT, placeOn, UPDATE } from "../../shared/gauge";
import { grouped } from "../../shared/words";
import type { BlockNow, Cards, Item, Measured } from "../types";
import { children, isBlock, isRepeat } from "./tree";

/** Where a value stands on a gauge from 0 to 1; what is no number fills it, and nothing has no place. */
export function gradientLevel(value: Measured): number | null {
  return level(value, GRADIENT);
}

export function updateLevel(value: Measured): number | null {
  return level(value, UPDATE);
}

function level(value: Measured, decades: Decades): number | null {
  if (value === null) return null;
  return value === "NaN" ? 1 : placeOn(value, decades);
}

export function gateLevel(value: Measured): number | null {
  return typeof value === "number" ? Math.min(1, Math.max(0, value)) : null;
}

/** The middle one of those that there are. */
export function median(levels: readonly (number | null)[]): number | null {
  const found = levels.filter((each) => each !== null).sort((one, other) => one - other);
  return found[Math.floor(found.length / 2)] ?? null;
}

/** Whether a copy takes part in this step; only stochastic-depth blocks are ever dropped. */
export function isAlive(now: BlockNow, copy: number): boolean {
  return now.alive?.[copy] !== 0;
}

/** What is dropped or frozen: a chip of one width however the dice fall. */
export function aliveText(now: BlockNow): string {
  const { alive, frozen } = now;
  if (frozen !== undefined) {
    const number = frozen.filter((each) => each === 1).length;
    return number === frozen.length ? "frozen" : `${number} of ${frozen.length} frozen`;
  }
  if (alive === undefined) return "";
  if (alive.length === 1) return isAlive(now, 0) ? "alive" : "dropped";
  const number = alive.filter((each) => each !== 0).length;
  return `${String(number).padStart(String(alive.length).length, "\u2007")} of ${alive.length} alive`;
}

/** The blocks inside of a repeat, and how many copies of each one copy of the repeat holds. */
export function blocksWithin(repeat: Item): { id: string; each: number }[] {
  return children(repeat, "items").flatMap((item) => {
    if (isBlock(item)) return [{ id: item.id, each: 1 }];
    if (!isRepeat(item)) return [];
    return blocksWithin(item).map(({ id, each }) => ({ id, each: each * Math.max(1, Number(item["times"])) }));
  });
}

export interface CopyNow {
  /** Of the gradient; null before there is one. */
  level: number | null;
  isDropped: boolean;
}

/** What each copy of a repeat does: the mean level of the blocks in it that live, dropped if none does. */
export function copiesNow(repeat: Item, times: number, items: Cards["items"]): CopyNow[] {
  const levels: number[][] = Array.from({ length: times }, () => []);
  const dropped = new Array<number>(times).fill(0);
  for (const { id, each } of blocksWithin(repeat)) {
    const now = items[id];
    now?.gradient?.forEach((value, place) => {
      const copy = Math.floor(place / each) % times;
      const found = gradientLevel(value);
      if (!isAlive(now, place)) dropped[copy]! += 1;
      else if (found !== null) levels[copy]!.push(found);
    });
  }
  return levels.map((found, copy) => ({
    level: found.length > 0 ? found.reduce((sum, each) => sum + each, 0) / found.length : null,
    isDropped: found.length === 0 && dropped[copy]! > 0,
  }));
}

const RULE = "the mark is at 1e-3, a common rule of thumb: much more is restless, much less hardly learns";

/** All numbers of a block, or of one of its copies, for the hover. */
export function blockText(now: BlockNow, cards: Cards, copy: number | null = null): string {
  const pick = <Value>(values: Value[] | undefined) =>
    values === undefined || copy === null ? (values ?? []) : values.slice(copy, copy + 1);
  const lines: string[] = [];
  const gradients = pick(now.gradient);
  if (gradients.length > 0) {
    lines.push(`Step ${grouped(cards.step)}: gradient ${rangeText(gradients)} per trained parameter, 1e-8 to 1`);
  }
  if (pick(now.frozen).includes(1)) lines.push("Frozen in this step");
  else if (now.alive !== undefined) {
    const alive = pick(now.alive);
    const number = alive.filter((each) => each !== 0).length;
    lines.push(
      alive.length === 1 ? `${number ? "Alive" : "Dropped"} in this step` : `${number} of ${alive.length} copies alive`,
    );
  }
  const updates = pick(now.update);
  const gates = pick(now.gate);
  if (updates.length + gates.length > 0) lines.push(`Measured at step ${grouped(cards.probed_at)}:`);
  if (updates.length > 0) lines.push(`update ${rangeText(updates)} of the weights (${RULE})`);
  if (gates.length > 0) lines.push(`gates ${rangeText(gates, percent)} open in the mean`);
  return lines.join("\n");
}

/** One value, or the least, the middle and the greatest of several copies. */
function rangeText(values: readonly Measured[], text: (value: number) => string = short): string {
  const found = values.filter((each) => typeof each === "number").sort((one, other) => one - other);
  const bad = values.includes("NaN") ? "NaN or infinite" : "none";
  if (found.length === 0) return bad;
  const words = found.length === 1 ? text(found[0]!) : `${text(found[0]!)} to ${text(found.at(-1)!)}`;
  const middle = found.length > 2 ? ` (median ${text(found[Math.floor(found.length / 2)]!)})` : "";
  return words + middle + (values.includes("NaN") ? ", some NaN or infinite" : "");
}

function short(value: number): string {
  if (value === 0) return "0";
  return value >= 0.01 && value < 1000
    ? String(Number(value.toPrecision(3)))
    : value.toExponential(1).replace("e+", "e");
}

function percent(value: number): string {
  return `${Number((100 * value).toPrecision(2))} %`;
}
