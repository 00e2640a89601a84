/** The learning rate over the run, as the server computed it: a small curve that follows what is typed. */

import { h, setAttribute, setHidden, setText, svg } from "../../shared/dom";
import { Late } from "../../shared/late";
import { numberText } from "../model/words";
import type { Panel } from "./rail";
import type { Scene } from "./scene";

const WIDTH = 200;
const HEIGHT = 54;

/** A path through the points; the highest rate is at the top and zero at the bottom. */
export function curvePath(steps: readonly number[], rates: readonly number[], width: number, height: number): string {
  const last = Math.max(1, steps.at(-1) ?? 1);
  const top = Math.max(...rates, 1e-30);
  return steps
    .map((step, index) => {
      const x = (step / last) * width;
      const y = height - ((rates[index] ?? 0) / top) * height;
      return `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

export class Schedule implements Panel {
  private readonly line = svg("path", { class: "curve", "vector-effect": "non-scaling-stroke" });
  private readonly top = h("span");
  private readonly end = h("span");
  readonly element = h(
    "div",
    { class: "schedule", title: "What the schedule makes of the learning rate, over the steps of the run" },
    svg(
      "svg",
      {
        viewBox: `-1 -3 ${WIDTH + 2} ${HEIGHT + 6}`,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": "Schedule",
      },
      svg("path", { class: "axis", d: `M0 ${HEIGHT}H${WIDTH}`, "vector-effect": "non-scaling-stroke" }),
      this.line,
    ),
    h("div", { class: "scale" }, this.top, this.end),
  );

  private readonly late = new Late(this.element);

  constructor(private readonly scene: Scene) {}

  update(): void {
    const { store } = this.scene;
    const curve = store.analysis?.schedule;
    setHidden(this.element, !curve || curve.steps.length < 2);
    this.late.show(!store.isAnalysed);
    if (!curve) return;
    setAttribute(this.line, "d", curvePath(curve.steps, curve.learning_rate, WIDTH, HEIGHT));
    setText(this.top, `highest ${numberText(Number(Math.max(...curve.learning_rate).toPrecision(3)))}`);
    setText(this.end, `${(curve.steps.at(-1) ?? 0).toLocaleString("en-US")} steps`);
  }
}
