/** A meter: a number, and a bar on a logarithmic scale with the useful range marked. */

import { h, setAttribute, setStyle, setText } from "../shared/dom";
import { type Decades, GRADIENT as GRADIENTS, placeOn, UPDATE as UPDATES } from "../shared/gauge";
import { meterText } from "./rate";
import type { Meter } from "./types";

export interface Scale extends Decades {
  /** Powers of ten between which is good; null where nothing can be said. */
  useful: readonly [number, number] | null;
}

export const GRADIENT: Scale = { ...GRADIENTS, useful: null };
/** Half a decade around 1e-3. */
export const UPDATE: Scale = { ...UPDATES, useful: [-3.5, -2.5] };

/** Where a value stands, in [0, 1]; null if there is none. */
export function fraction(value: Meter, scale: Scale): number | null {
  if (value === null || value === "NaN") return null;
  return typeof value === "string" ? 1 : placeOn(value, scale);
}

export class Level {
  readonly element: HTMLElement;
  private readonly value = h("b");
  private readonly fill = h("i", { class: "mx-fill" });

  constructor(
    label: string,
    title: string,
    private readonly scale: Scale,
  ) {
    const bar = h("div", { class: "mx-bar", "aria-hidden": "true" }, this.fill);
    if (scale.useful !== null) {
      const band = h("i", { class: "mx-band" });
      const [low, high] = scale.useful.map((power) => fraction(10 ** power, scale)!) as [number, number];
      setStyle(band, "left", `${100 * low}%`);
      setStyle(band, "right", `${100 * (1 - high)}%`);
      bar.append(band);
    }
    const words = h("div", { class: "mx-words" }, h("span", {}, label), this.value);
    this.element = h("div", { class: "mx-level-row", title }, words, bar);
  }

  /** `instead` is said in the place of a number that there is not. */
  show(value: Meter, instead = ""): void {
    setText(this.value, value === null && instead ? instead : meterText(value));
    const at = fraction(value, this.scale);
    setStyle(this.fill, "transform", `scaleX(${(at ?? 0).toFixed(3)})`);
    const useful = this.scale.useful;
    const isUseful = useful !== null && typeof value === "number" && isBetween(Math.log10(value), useful);
    setAttribute(this.element, "data-useful", isUseful);
  }
}

function isBetween(power: number, [low, high]: readonly [number, number]): boolean {
  return power >= low && power <= high;
}
