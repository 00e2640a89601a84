/** One drawing of a chart: an element that Plotly draws into until another chart takes its place. */

import { h } from "../shared/dom";
import type { Trace } from "./message";
import { plotly, type PlotlyElement } from "./plotly";

const CONFIG = {
  displayModeBar: false,
  responsive: false,
  doubleClick: false,
  showTips: false,
  showAxisDragHandles: false,
};

/** Where only points are new, Plotly then moves the lines and leaves axes and everything else as they are: half the work. */
const AT_ONCE = { duration: 0, easing: "linear" };

export class Drawing {
  readonly element = h("div", { class: "lv-plot" }) as unknown as PlotlyElement;
  private drawn: Promise<PlotlyElement> | null = null;

  /** `drawnFirst` is called once, when there is something to listen to. */
  constructor(private readonly drawnFirst: (element: PlotlyElement) => void) {}

  get isBegun(): boolean {
    return this.drawn !== null;
  }

  draw(traces: Trace[], layout: Record<string, unknown>): void {
    const isFirst = this.drawn === null;
    this.drawn = plotly.react(this.element, traces, { ...layout, transition: AT_ONCE }, CONFIG);
    if (isFirst) void this.drawn.then((element) => this.element.isConnected && this.drawnFirst(element));
  }

  /** Another takes its place, or none. What Plotly has begun goes on for a moment, and needs all that a purge takes away. */
  end(next: Drawing | null): void {
    if (next === null) this.element.remove();
    else this.element.replaceWith(next.element);
    void this.drawn?.then(() => plotly.purge(this.element));
  }
}
