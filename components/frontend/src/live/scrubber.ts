/** The control under a chart that draws one row at a time: a slider over the rows, and what the drawn one is. */

import { h, setAttribute, setHidden, setText } from "../shared/dom";

const HOW = "Drag, or press the arrow keys, to look back; at its right end it follows the newest.";

export interface Rows {
  /** What each row is, oldest first. */
  labels: readonly string[];
  place: number;
}

export class Scrubber {
  readonly element: HTMLElement;
  private readonly slider = h("input", { class: "lv-slider", type: "range", min: 0, step: 1 });
  private readonly label = h("span", { class: "lv-moment" });
  private readonly newest = h("button", { class: "hr-quiet lv-tool", type: "button" }, "⇥");
  private labels: readonly string[] = [];

  constructor(private readonly choose: (place: number) => void) {
    this.element = h("div", { class: "lv-scrubber", hidden: true }, this.slider, this.newest, this.label);
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.newest.addEventListener("click", () => {
      // Before the button is disabled, which would take the focus from it to nowhere.
      this.slider.focus();
      this.go(this.labels.length - 1);
    });
    const follow = "Follow the newest again (End)";
    setAttribute(this.newest, "title", follow);
    setAttribute(this.newest, "aria-label", follow);
  }

  /** Null for a chart that has nothing to go through. */
  show(rows: Rows | null, title: string): void {
    setHidden(this.element, rows === null);
    if (rows === null) return;
    this.labels = rows.labels;
    setAttribute(this.slider, "aria-label", `${title}: which one is shown`);
    setAttribute(this.slider, "max", rows.labels.length - 1);
    this.slider.disabled = rows.labels.length < 2;
    this.point(rows.place);
  }

  private go(place: number): void {
    this.point(place);
    this.choose(place);
  }

  private point(place: number): void {
    const label = this.labels[place] ?? "";
    if (Number(this.slider.value) !== place) this.slider.value = String(place);
    this.newest.disabled = place >= this.labels.length - 1;
    setText(this.label, label);
    setAttribute(this.label, "title", label);
    setAttribute(this.slider, "aria-valuetext", label);
    setAttribute(this.slider, "title", `${label} (${place + 1} of ${this.labels.length}). ${HOW}`);
  }
}
