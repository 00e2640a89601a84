/** A chart as a picture that stands alone: with title, legend and the axes' names, on white or dark, at twice its size. */

import { fileName, saveFrom } from "../shared/save";
import { LOOKS, type ThemeName } from "../shared/theme";
import { runOf, TITLES } from "./along";
import { cutInTheMiddle } from "../shared/cut";
import { type Frame, inked, layoutOf } from "./layout";
import { escape, unescape } from "./markup";
import type { Assembly } from "./merge";
import type { Chart, Trace } from "./message";
import { plotly } from "./plotly";

const SIZE = { width: 1200, height: 700 };
const SCALE = 2;
const MAX_NAME = 70;
/** The page's own fonts are not to be had where the picture is made, and others are wider than what was measured. */
const FONT = 'Arial, "Liberation Sans", "DejaVu Sans", sans-serif';
const X_TITLES: Record<Chart["x"], string> = {
  step: "",
  depth: "block, from input to output",
  class: "",
  count: "",
  plane: "",
};

type Layout = Record<string, unknown>;
type Figure = { data: Trace[]; layout: Layout };

/** The figure. Traces are those that are drawn; the frame is the panel's. */
export function figureOf(
  chart: Chart,
  traces: readonly Trace[],
  frame: Frame,
  assembly: Assembly,
  theme: ThemeName,
): Figure {
  const colours = LOOKS[theme];
  const layout = layoutOf(chart, traces, { ...frame, ...SIZE, isLarge: true }, colours, FONT);
  const runs = Object.values(assembly.runs);
  const of = runs.length === 1 ? [short(runs[0]!.name)] : [];
  const note = assembly.message?.notes[chart.id];
  const title = [chart.title, ...of, ...(note ? [escape(note)] : [])].join(" · ");
  const axis = (name: "xaxis" | "yaxis", text: string): Layout => {
    const own = layout[name] as Layout & { title?: { text?: string } };
    const words = own.title?.text ?? text;
    const size = { tickfont: { size: 13, color: colours.muted }, automargin: true };
    return { ...own, ...size, title: { text: words, standoff: 10, font: { size: 14, color: colours.muted } } };
  };
  const along = chart.x === "step" ? TITLES[frame.over.along] : X_TITLES[chart.x];
  const top = (layout["margin"] as { t: number }).t;
  return {
    data: inked(
      traces.map((trace) => named(trace, assembly)),
      colours,
    ),
    layout: {
      ...layout,
      paper_bgcolor: theme === "light" ? "#FFFFFF" : colours.background,
      plot_bgcolor: theme === "light" ? "#FFFFFF" : colours.background,
      font: { family: FONT, size: 14, color: colours.text },
      margin: { l: 80, r: 30, t: 50 + top, b: 60, pad: 0 },
      title: {
        text: title,
        x: 0,
        xref: "paper",
        xanchor: "left",
        y: 1,
        yref: "container",
        yanchor: "top",
        pad: { t: 16 },
        font: { size: 20 },
      },
      showlegend: traces.some((trace) => trace.type === "scatter" && trace.showlegend !== false),
      legend: { orientation: "h", x: 0, y: -0.13, yanchor: "top", font: { size: 13 } },
      xaxis: axis("xaxis", along),
      yaxis: axis("yaxis", chart.y_title),
    },
  };
}

export async function savePng(figure: Figure, chart: Chart, assembly: Assembly): Promise<void> {
  const image = await plotly.toImage(figure, { format: "png", ...SIZE, scale: SCALE });
  const runs = Object.values(assembly.runs).map((run) => unescape(run.label));
  saveFrom(image, fileName(`${chart.id} run ${runs.join(" ")}`, "png"));
}

/** Where a page's list says who `#3` is, a picture has its name. */
function named(trace: Trace, assembly: Assembly): Trace {
  const run = assembly.runs[runOf(trace, assembly) ?? ""];
  if (run === undefined || trace.name === undefined || !trace.name.startsWith(run.label)) return trace;
  return { ...trace, name: short(run.name) + trace.name.slice(run.label.length) };
}

function short(name: string): string {
  return escape(cutInTheMiddle(unescape(name), MAX_NAME));
}
