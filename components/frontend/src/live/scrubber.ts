/** The control under a chart that draws one of many: a slider over them, and what the drawn one is. */

import { h, setAttribute, setHidden, setText } from "../shared/dom";
import type { Stops } from "./stops";

const HOW = "Drag, or press the arrow keys, to look back; at its right end it follows the newest.";

export class Scrubber {
  readonly element: HTMLElement;
  private readonly slider = h("input", { class: "lv-slider", type: "range", min: 0, step: 1 });
  private readonly label = h("span", { class: "lv-moment" });
  private readonly newest = h("button", { class: "hr-quiet lv-tool", type: "button" }, "⇥");
  private stops: Stops | null = null;

  constructor(private readonly choose: (at: number) => void) {
    this.element = h("div", { class: "lv-scrubber", hidden: true }, this.slider, this.newest, this.label);
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.newest.addEventListener("click", () => {
      // Before the button is disabled, which would take the focus from it to nowhere.
      this.slider.focus();
      this.go(this.stops?.last ?? 0);
    });
    const follow = "Follow the newest again (End)";
    setAttribute(this.newest, "title", follow);
    setAttribute(this.newest, "aria-label", follow);
  }

  /** Null for a chart that has nothing to go through. */
  show(stops: Stops | null, title: string): void {
    setHidden(this.element, stops === null);
    this.stops = stops;
    if (stops === null) return;
    setAttribute(this.slider, "aria-label", `${title}: which one is shown`);
    setAttribute(this.slider, "min", stops.first);
    setAttribute(this.slider, "max", stops.last);
    setAttribute(this.slider, "step", stops.every);
    this.slider.disabled = stops.last <= stops.first;
    this.point(stops, stops.at);
  }

  private go(at: number): void {
    if (this.stops === null) return;
    this.point(this.stops, at);
    this.choose(at);
  }

  private point(stops: Stops, at: number): void {
    const label = stops.label(at);
    if (Number(this.slider.value) !== at) this.slider.value = String(at);
    this.newest.disabled = at >= stops.last;
    setText(this.label, stops.isLabelled ? label : "");
    setAttribute(this.label, "title", label);
    setAttribute(this.slider, "aria-valuetext", label);
    setAttribute(this.slider, "title", `${label}. ${HOW}`);
  }
}
