/** The gauges on a block's card while a run trains: gradient, update against its useful range, openness of the gates. */

import { h, setAttribute, setHidden, setStyle } from "../../shared/dom";
import { blockText, gateLevel, gradientLevel, median, updateLevel } from "../model/live";
import type { BlockNow, Cards } from "../types";

/** They jump from number to number: moved smoothly, fifty cards would have the page painted at every frame. */
export class Gauges {
  private readonly gradient = h("i");
  private readonly update = h("i");
  private readonly gate = h("i");
  private readonly bars = {
    gradient: h("div", { class: "bar gradient" }, this.gradient),
    update: h("div", { class: "needle" }, this.update),
    gate: h("div", { class: "bar gate" }, this.gate),
  };
  readonly element = h(
    "div",
    { class: "gauges", title: "What it does now, while training" },
    this.bars.gradient,
    this.bars.update,
    this.bars.gate,
  );
  private now: { block: BlockNow; cards: Cards } | null = null;

  constructor() {
    setHidden(this.element, true);
    // Many cards several times a second: words are made for the one that is looked at.
    this.element.addEventListener("pointerenter", () => this.say());
  }

  draw(block: BlockNow | undefined, cards: Cards | null): void {
    this.now = block && cards ? { block, cards } : null;
    setHidden(this.element, this.now === null);
    if (this.now === null) return;
    const { gradient, update, gate } = this.now.block;
    setHidden(this.bars.gradient, gradient === undefined);
    setHidden(this.bars.update, update === undefined);
    setHidden(this.bars.gate, gate === undefined);
    fill(this.gradient, median((gradient ?? []).map(gradientLevel)));
    setAttribute(this.bars.gradient, "data-bad", (gradient ?? []).includes("NaN"));
    const place = median((update ?? []).map(updateLevel));
    setStyle(this.update, "transform", `translateX(${(100 * (place ?? 0)).toFixed(1)}%)`);
    setStyle(this.update, "opacity", place === null ? "0" : "1");
    fill(this.gate, median((gate ?? []).map(gateLevel)));
    if (this.element.matches(":hover")) this.say();
  }

  private say(): void {
    if (this.now !== null) setAttribute(this.element, "title", blockText(this.now.block, this.now.cards));
  }
}

function fill(bar: HTMLElement, level: number | null): void {
  setStyle(bar, "transform", `scaleX(${(level ?? 0).toFixed(3)})`);
}
