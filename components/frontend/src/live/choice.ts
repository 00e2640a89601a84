/** What a person set on a chart. */

import type { Zoom } from "./layout";
import type { Scale } from "./message";
import type { Moment } from "./moment";
import type { Filter } from "./tiles";

/** It stays with the chart, whichever panel shows it. */
export interface Choice {
  scale: Scale | null;
  zoom: Zoom;
  /** Legend keys of what is left out. */
  hidden: Set<string>;
  /** Which row is drawn, where it is one at a time; null follows the newest. */
  moment: Moment | null;
  /** Whose tiles alone are shown, of a wall. */
  filter: Filter | null;
  /** Which tile is chosen, of a strip. */
  tile: number;
}

export function newChoice(scale: Scale | null): Choice {
  return { scale, zoom: { x: null, y: null }, hidden: new Set(), moment: null, filter: null, tile: 0 };
}
