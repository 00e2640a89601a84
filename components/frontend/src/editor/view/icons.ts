/** The editor's own drawings; those of kinds come from the catalogue. */

import { svg } from "../../shared/dom";

const PATHS = {
  blocks: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  item: "M4 7h9M17 7h3M4 12h3M11 12h9M4 17h11M19 17h1M15 5v4M9 10v4M17 15v4",
  training: "M4 20V4M4 20h16M6 7c4 0 4 9 13 10",
  data: "M4 6c0-3 16-3 16 0v12c0 3-16 3-16 0zM4 6c0 3 16 3 16 0M4 12c0 3 16 3 16 0",
  groups: "M5 6h.01M5 12h.01M5 18h.01M9 6h11M9 12h11M9 18h11",
  duplicate: "M9 9h11v11H9zM5 15H4V4h11v1",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  bypass: "M3 18h5c8 0 1-12 9-12h4M18 3l3 3-3 3",
  wrap: "M5 8h12M17 8l-3-3M17 8l-3 3M19 16H7M7 16l3-3M7 16l3 3",
  unwrap: "M4 4h3M17 4h3v3M4 20h3M17 20h3v-3M4 4v3M4 20v-3M8 12h8",
  open: "M9 6l6 6-6 6",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  image: "M4 4h16v16H4zM4 9.3h16M4 14.6h16M9.3 4v16M14.6 4v16",
  points: "M6 7h.01M10 5h.01M14 8h.01M17 12h.01M15 17h.01M9 19h.01M5 15h.01M8 11h.01M12 13h.01M19 7h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGElement {
  return glyph(PATHS[name], "icon");
}

/** A line drawing in a 24 by 24 box, in the text's colour. */
export function glyph(path: string, className = "glyph"): SVGElement {
  return svg("svg", { class: className, viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: path }));
}
