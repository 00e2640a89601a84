/** A short piece of a curve as the charts draw it: colour and line style. */

import { svg } from "./dom";

/** SVG's dashes by plotly's names. */
export const DASHES: Record<string, string> = {
  dash: "6 3",
  dot: "2 2.5",
  dashdot: "6 2.5 2 2.5",
  longdash: "9 3",
  longdashdot: "9 2.5 2 2.5",
};

export function lineSample(colour: string, dash: string, width = 26): SVGSVGElement {
  const line = svg("path", {
    d: `M1 5H${width - 1}`,
    stroke: colour,
    "stroke-width": 2.5,
    "stroke-dasharray": DASHES[dash] ?? null,
  });
  return svg("svg", { width, height: 10, viewBox: `0 0 ${width} 10`, "aria-hidden": "true" }, line);
}
