/** What stands around curves: grid, ticks, the lines of flags, and their words over the plot. */

import { h, place, setStyle, svg } from "../../shared/dom";
import type { Colours } from "../../shared/theme";
import { type Label, ROW_PX } from "../flags";
import { unescape } from "../markup";
import type { Flag } from "../message";
import { pixelAt, pixelOf, type Plot } from "./plot";
import type { Tick } from "./ticks";

export interface Scenery {
  plot: Plot;
  horizontal: readonly Tick[];
  vertical: readonly Tick[];
  flags: readonly Flag[];
  labels: readonly Label[];
  colours: Colours;
}

const HINT = "Click to rewind or branch";
/** Between the plot and the words of its ticks. */
const GAP_PX = 5;

export class Scene {
  readonly back = svg("svg", { class: "lv-scene", "aria-hidden": "true" });
  readonly front = h("div", { class: "lv-flag-labels" });
  private drawn = "";

  constructor(private readonly openFlag: (flag: Flag, x: number, y: number) => void) {}

  /** Touches nothing unless something has changed. */
  draw(scenery: Scenery): void {
    const drawn = JSON.stringify(scenery);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    place(this.back, [...gridOf(scenery), ...flagLinesOf(scenery), ...wordsOf(scenery)]);
    place(
      this.front,
      scenery.labels.map((label) => this.labelOf(label, scenery.plot)),
    );
  }

  private labelOf(label: Label, plot: Plot): HTMLElement {
    const open = ({ clientX, clientY }: MouseEvent): void => this.openFlag(label.flag, clientX, clientY);
    const title = `${unescape(label.whole)}\n${HINT}`;
    const element = h("span", { class: "lv-flag-label", title, onclick: open }, unescape(label.text));
    setStyle(element, "left", `${pixelAt(plot.x, label.x)}px`);
    if (label.anchor === "right") setStyle(element, "transform", "translateX(-100%)");
    setStyle(element, "top", `${plot.top - ROW_PX * (label.row + 1)}px`);
    setStyle(element, "border-color", label.colour);
    return element;
  }
}

function gridOf({ plot, vertical, colours }: Scenery): SVGElement[] {
  return vertical.map(({ at }) => {
    const y = pixelAt(plot.y, at);
    return svg("path", { d: `M${plot.left} ${y}h${plot.width}`, stroke: colours.line, class: "lv-crisp" });
  });
}

function flagLinesOf({ plot, flags }: Scenery): SVGElement[] {
  return flags
    .map((flag) => ({ flag, x: pixelOf(plot.x, flag.x) }))
    .filter(({ x }) => x >= plot.left && x <= plot.left + plot.width)
    .map(({ flag, x }) =>
      svg("path", { d: `M${x} ${plot.top}v${plot.height}`, stroke: flag.colour, class: "lv-flag-line lv-crisp" }),
    );
}

function wordsOf({ plot, horizontal, vertical, colours }: Scenery): SVGElement[] {
  const below = horizontal.map(({ at, text }) =>
    svg(
      "text",
      {
        x: pixelAt(plot.x, at),
        y: plot.top + plot.height + GAP_PX,
        class: "lv-tick lv-tick-x",
        fill: colours.muted,
      },
      text,
    ),
  );
  const beside = vertical.map(({ at, text }) =>
    svg(
      "text",
      { x: plot.left - GAP_PX, y: pixelAt(plot.y, at), class: "lv-tick lv-tick-y", fill: colours.muted },
      text,
    ),
  );
  return [...below, ...beside];
}
