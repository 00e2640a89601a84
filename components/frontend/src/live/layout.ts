/** The layout of a chart in the page: its own, the theme's colours, the axes' ranges and ticks, the flags. */

import type { Colours } from "../shared/theme";
import { TIME_TICKS } from "./along";
import { logTicks, type Range } from "./axis";
import { type Label, labelsOf, ROW_PX } from "./flags";
import type { Chart, Flag, Scale, Trace } from "./message";
import type { Over } from "./over";

export interface Zoom {
  x: Range | null;
  y: Range | null;
}

/** Pixels of a chart's height beside its plot, and of a tick's word. */
const EDGES = 28;
const TICK_HEIGHT = 14;

export interface Frame {
  width: number;
  height: number;
  scale: Scale | null;
  zoom: Zoom;
  /** Of the vertical axis, in its own units. */
  range: Range | null;
  floor: number | null;
  /** How charts over time are drawn; only of curves an axis of time can be logarithmic. */
  over: Over;
  /** Of the horizontal axis of a chart over time, in its own units. */
  span: Range;
  flags: readonly Flag[];
  isLarge: boolean;
}

type Layout = Record<string, unknown>;

/** Whether it is drawn as curves over time, on which flags have their place. */
export function isOfCurves(chart: Chart): boolean {
  return chart.x === "step" && chart.scale !== null;
}

/** Margins beside the plot. */
export function sidesOf(chart: Chart): { l: number; r: number } {
  return { l: hasTitles(chart) ? 46 : 40, r: 14 };
}

/** Margins around the plot, with room for rows of words over it. */
export function marginOf(chart: Chart, labels: readonly Label[]): { l: number; r: number; t: number; b: number } {
  const numRows = Math.max(0, ...labels.map((label) => label.row + 1));
  return { ...sidesOf(chart), t: 6 + ROW_PX * numRows, b: hasTitles(chart) ? 31 : 20 };
}

function hasTitles(chart: Chart): boolean {
  return chart.x !== "plane" && ("xaxis" in chart.figure.layout || "yaxis" in chart.figure.layout);
}

/** The words of flags that have room over a chart. */
export function labelsOn(chart: Chart, frame: Frame): Label[] {
  const { l, r } = sidesOf(chart);
  return isOfCurves(chart) ? labelsOf(frame, frame.width - l - r) : [];
}

/** Plotly's layout: of charts that are not curves, and of every chart's picture. */
export function layoutOf(chart: Chart, traces: readonly Trace[], frame: Frame, colours: Colours, font: string): Layout {
  const own = chart.figure.layout;
  const axis = {
    gridcolor: colours.line,
    linecolor: colours.line,
    tickcolor: colours.line,
    zeroline: false,
    ticklen: 3,
    tickfont: { size: 10, color: colours.muted },
    automargin: false,
    ticklabeloverflow: "allow",
  };
  const hasFlags = isOfCurves(chart);
  const labels = labelsOn(chart, frame);
  return {
    ...own,
    width: frame.width,
    height: frame.height,
    autosize: false,
    uirevision: "kept",
    margin: { ...marginOf(chart, labels), pad: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: font, size: 11, color: colours.text },
    hovermode: "closest",
    hoverdistance: 30,
    hoverlabel: { bgcolor: colours.panel, bordercolor: colours.line, font: { color: colours.text, size: 11 } },
    dragmode: "zoom",
    showlegend: false,
    bargap: 0.3,
    xaxis: { ...axis, ...horizontalAxis(chart, traces, frame), ...titled(own.xaxis, colours) },
    yaxis: { ...axis, ...verticalAxis(chart, frame), ...titled(own.yaxis, colours) },
    ...(hasFlags ? flagLayout(labels, frame, colours) : {}),
  };
}

/** Text inside of cells in the theme's colour: where cells are see-through, Plotly chooses one for a white page. */
export function inked(traces: readonly Trace[], colours: Colours): Trace[] {
  return traces.map((trace) =>
    trace.texttemplate === undefined
      ? trace
      : { ...trace, textfont: { ...(trace.textfont as Layout | undefined), color: colours.text } },
  );
}

function titled(own: unknown, colours: Colours): Layout {
  const axis = (own ?? {}) as { title?: { text: string } };
  if (axis.title === undefined) return axis;
  return { ...axis, title: { ...axis.title, standoff: 4, font: { size: 10, color: colours.muted } } };
}

function horizontalAxis(chart: Chart, traces: readonly Trace[], frame: Frame): Layout {
  if (chart.x === "class") return { showgrid: false };
  if (chart.x === "plane") return { showgrid: false, ...(frame.zoom.x && { range: frame.zoom.x }) };
  if (chart.x === "depth") {
    const deepest = extentOf(traces)[1];
    const dtick = Math.ceil(deepest / (frame.isLarge ? 24 : 10));
    return { showgrid: false, range: frame.zoom.x ?? [0.4, deepest + 0.6], tick0: 1, dtick };
  }
  if (chart.x === "count") {
    const [least, greatest] = frame.zoom.x ?? extentOf(traces);
    const dtick = Math.max(1, Math.ceil((greatest - least) / (frame.isLarge ? 24 : 8)));
    // Plotly throws at a range of null.
    return { showgrid: false, ...(frame.zoom.x && { range: frame.zoom.x }), tick0: 0, dtick };
  }
  const { specifier, suffix } = TIME_TICKS[frame.over.along];
  return {
    showgrid: false,
    type: frame.over.isLog ? "log" : "linear",
    range: frame.zoom.x ?? frame.span,
    nticks: mostTimeTicks(frame),
    tickformat: specifier,
    ticksuffix: suffix,
    showticksuffix: "last",
  };
}

function extentOf(traces: readonly Trace[]): Range {
  let [least, greatest] = [Infinity, 1];
  for (const trace of traces) {
    for (const x of trace.x ?? []) {
      if (typeof x !== "number") continue;
      if (x < least) least = x;
      if (x > greatest) greatest = x;
    }
  }
  return [Math.min(least, greatest), greatest];
}

function verticalAxis(chart: Chart, frame: Frame): Layout {
  const range = frame.zoom.y ?? frame.range;
  if (chart.x === "plane") return { showgrid: false, ...(frame.zoom.y && { range: frame.zoom.y }) };
  if (frame.scale === null) return { showgrid: false };
  const most = mostTicks(frame);
  if (frame.scale === "linear") {
    return { type: "linear", range: range ?? [0, 1], tickformat: chart.tick_format, nticks: most };
  }
  const shown: Range = range ?? [-4, 1];
  const ticks = logTicks(10 ** shown[0], 10 ** shown[1], frame.floor, most);
  return { type: "log", range: shown, tickmode: "array", ...ticks };
}

/** So many words of an axis of time have room beside each other. */
export function mostTimeTicks({ isLarge }: Pick<Frame, "isLarge">): number {
  return isLarge ? 12 : 5;
}

/** So many words of a vertical axis have room over each other. */
export function mostTicks({ isLarge, height }: Pick<Frame, "isLarge" | "height">): number {
  const room = Math.floor((height - EDGES) / TICK_HEIGHT);
  return Math.max(2, Math.min(isLarge ? 12 : 6, room));
}

/** Of a picture. Under the curves, which the lines would hide; what they are called stands over the plot. */
function flagLayout(labels: readonly Label[], frame: Frame, colours: Colours): Layout {
  const shapes = frame.flags.map((flag) => ({
    type: "line",
    layer: "below",
    xref: "x",
    yref: "paper",
    x0: flag.x,
    x1: flag.x,
    y0: 0,
    y1: 1,
    line: { width: 1, dash: "dash", color: flag.colour },
  }));
  const annotations = labels.map((label) => ({
    xref: "x",
    yref: "paper",
    x: label.x,
    y: 1,
    yshift: ROW_PX * label.row,
    xanchor: label.anchor,
    yanchor: "bottom",
    text: label.text,
    showarrow: false,
    bgcolor: colours.panel,
    bordercolor: label.colour,
    borderpad: 0,
    font: { size: 9, color: colours.text },
  }));
  return { shapes, annotations };
}
