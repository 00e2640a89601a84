/** A chart that Plotly draws: bars, maps, points over depth. */

import { h } from "../shared/dom";
import type { Range } from "./axis";
import type { Drawing, DrawingEvents, Sheet } from "./drawing";
import { inked, layoutOf } from "./layout";
import { plotly, type PlotlyElement, type PlotlyEvent } from "./plotly";

const CONFIG = {
  displayModeBar: false,
  responsive: false,
  doubleClick: false,
  showTips: false,
  showAxisDragHandles: false,
};

/** Where only points are new, Plotly then moves the lines and leaves axes and everything else as they are: half the work. */
const AT_ONCE = { duration: 0, easing: "linear" };

export class PlotlyDrawing implements Drawing {
  readonly element = h("div", { class: "lv-plot" }) as unknown as PlotlyElement;
  private drawn: Promise<PlotlyElement> | null = null;

  constructor(private readonly events: DrawingEvents) {}

  get isBegun(): boolean {
    return this.drawn !== null;
  }

  draw({ chart, traces, visible, frame, colours, font }: Sheet): void {
    const isFirst = this.drawn === null;
    const layout = { ...layoutOf(chart, traces, frame, colours, font), transition: AT_ONCE };
    this.drawn = plotly.react(this.element, inked(visible, colours), layout, CONFIG);
    if (isFirst) void this.drawn.then((element) => this.element.isConnected && this.listen(element));
  }

  /** What Plotly has begun goes on for a moment, and needs all that a purge takes away. */
  end(next: Drawing | null): void {
    if (next === null) this.element.remove();
    else this.element.replaceWith(next.element);
    void this.drawn?.then(() => plotly.purge(this.element));
  }

  private listen(element: PlotlyElement): void {
    this.events.begun();
    element.on("plotly_relayout", (event) => {
      const [x, y] = [rangeIn(event, "xaxis"), rangeIn(event, "yaxis")];
      if (x !== null || y !== null) this.events.zoomed(x, y);
    });
    element.on("plotly_doubleclick", () => this.events.reset());
  }
}

function rangeIn(event: PlotlyEvent, axis: string): Range | null {
  const low = event[`${axis}.range[0]`];
  const high = event[`${axis}.range[1]`];
  return typeof low === "number" && typeof high === "number" ? [low, high] : null;
}
