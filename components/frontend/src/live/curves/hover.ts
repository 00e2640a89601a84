/** What is said of the point of a curve that is nearest to the pointer, beside it. */

import { h, setHidden, setStyle, setText } from "../../shared/dom";
import type { Trace } from "../message";
import { nearestPoint } from "./nearest";
import type { Plot } from "./plot";
import { wordsOf } from "./words";

/** So far from the pointer a point is still meant. */
const REACH_PX = 30;
/** Between the point and what is said of it. */
const GAP_PX = 10;

export class Hover {
  private readonly dot = h("i", { class: "lv-hover-dot" });
  private readonly name = h("b");
  private readonly lines = h("span");
  private readonly words = h("div", { class: "lv-hover-words" }, this.name, this.lines);
  readonly element = h("div", { class: "lv-hover", hidden: true }, this.dot, this.words);

  /** Null is nowhere. */
  follow(traces: readonly Trace[], plot: Plot, pointer: { x: number; y: number } | null): void {
    const found = pointer === null ? null : nearestPoint(traces, plot, pointer, REACH_PX);
    setHidden(this.element, found === null);
    if (found === null) return;
    const { trace, place, x, y } = found;
    const customdata = (trace["customdata"] as readonly (number | string)[] | undefined)?.[place];
    const values = {
      x: trace.x?.[place],
      y: trace.y?.[place] ?? undefined,
      text: trace.text?.[place] as string | undefined,
      customdata,
    };
    const { lines, name } = wordsOf(trace.hovertemplate ?? "", values);
    setText(this.name, name);
    setText(this.lines, lines.join("\n"));
    setStyle(this.element, "--curve", colourOf(trace));
    setStyle(this.dot, "transform", `translate(${x}px, ${y}px)`);
    const isLeft = x > plot.left + plot.width / 2;
    const across = isLeft ? `calc(${x - GAP_PX}px - 100%)` : `${x + GAP_PX}px`;
    const share = (y - plot.top) / plot.height;
    setStyle(this.words, "transform", `translate(${across}, calc(${y}px - ${Math.round(100 * share)}%))`);
  }

  hide(): void {
    setHidden(this.element, true);
  }
}

function colourOf(trace: Trace): string {
  const { color: line } = (trace["line"] ?? {}) as { color?: string };
  const { color: marker } = (trace["marker"] ?? {}) as { color?: string };
  return line ?? marker ?? "currentColor";
}
