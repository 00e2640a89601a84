/** Drawings in a 16 by 16 box. */

import { svg } from "../shared/dom";

const PATHS = {
  undo: { stroke: "M6 3 2.5 6.5 6 10M3 6.5h6.5a4 4 0 0 1 0 8H7" },
  redo: { stroke: "M10 3l3.5 3.5L10 10M13 6.5H6.5a4 4 0 0 0 0 8H9" },
  play: { fill: "M4 2.8v10.4a.6.6 0 0 0 .92.5l8-5.2a.6.6 0 0 0 0-1l-8-5.2A.6.6 0 0 0 4 2.8Z" },
  pause: { fill: "M4 2.5h2.8v11H4zM9.2 2.5H12v11H9.2z" },
  step: { fill: "M3 2.9v10.2a.5.5 0 0 0 .78.42L10 9.2v4.3h2.6v-11H10v4.3L3.78 2.48A.5.5 0 0 0 3 2.9Z" },
  go_on: {
    fill: "M3 2.9v10.2a.5.5 0 0 0 .78.42L8 10.4v2.7a.5.5 0 0 0 .78.42l5.6-5.1a.5.5 0 0 0 0-.84l-5.6-5.1A.5.5 0 0 0 8 2.9v2.7L3.78 2.48A.5.5 0 0 0 3 2.9Z",
  },
  stop: {
    fill: "M4.2 3h7.6A1.2 1.2 0 0 1 13 4.2v7.6a1.2 1.2 0 0 1-1.2 1.2H4.2A1.2 1.2 0 0 1 3 11.8V4.2A1.2 1.2 0 0 1 4.2 3Z",
  },
  restart: { stroke: "M3 3v3.6h3.6M3.3 6.4A5.4 5.4 0 1 1 2.8 9.6" },
  presets: { stroke: "M2.5 2.5h4.2v4.2H2.5zM9.3 2.5h4.2v4.2H9.3zM2.5 9.3h4.2v4.2H2.5zM9.3 9.3h4.2v4.2H9.3z" },
  share: { stroke: "M8 9.8V2M5 4.7 8 1.8l3 2.9M4.5 7.2H3v6.6h10V7.2h-1.5" },
  race: { stroke: "M3 2v12M3 2.8h9.6L10.4 6l2.2 3.2H3" },
  caret: { stroke: "m4.5 6.5 3.5 3.5 3.5-3.5" },
  check: { stroke: "m3 8.6 3.3 3.3L13 4.6" },
  cross: { stroke: "m4 4 8 8M12 4l-8 8" },
  warning: { stroke: "M8 2 1.8 13.2h12.4ZM8 6.4v3.2M8 11.3v.5" },
  info: { stroke: "M8 7.4v4M8 4.6v.5M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4Z" },
  wait: { stroke: "M8 2.2a5.8 5.8 0 1 0 5.8 5.8" },
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  const path = svg("path");
  const element = svg("svg", { class: "tp-icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
  drawIcon(element, name);
  return element;
}

/** Makes an icon another one, in place. */
export function drawIcon(element: SVGSVGElement, name: IconName): void {
  if (element.dataset["name"] === name) return;
  element.dataset["name"] = name;
  const path = element.firstElementChild!;
  const drawing: { stroke?: string; fill?: string } = PATHS[name];
  path.setAttribute("d", drawing.stroke ?? drawing.fill ?? "");
  path.setAttribute("fill", drawing.fill ? "currentColor" : "none");
  path.setAttribute("stroke", drawing.stroke ? "currentColor" : "none");
}
