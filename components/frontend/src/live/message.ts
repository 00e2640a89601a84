/** What the server sends; builder/charts/live.py describes it. */

export type Cell = number | null;
export type Scale = "linear" | "log";

export interface Table {
  first: number;
  x: number[];
  columns: Record<string, Cell[]>;
  /** What each row is, where they are looked at one at a time. */
  labels?: string[];
}

/** A plotly trace; what is not read here passes through. */
export interface Trace {
  uid: string;
  type: string;
  meta?: { table: string; column?: string; columns?: string[]; matrix?: string; scale?: Scale };
  name?: string;
  x?: (number | string)[];
  y?: (Cell | string)[];
  z?: Cell[][];
  text?: string[] | string[][];
  hovertemplate?: string;
  visible?: boolean | "legendonly";
  marker?: Record<string, unknown>;
  [attribute: string]: unknown;
}

export type Fill = Record<string, unknown>;

export interface Chart {
  id: string;
  title: string;
  /** Under which the picker lists it. */
  section: string;
  help: string;
  empty: string;
  x: "step" | "depth" | "class" | "count";
  scale: Scale | null;
  tick_format: string;
  /** Of a chart of one step: it has something to show at the multiples of this number. */
  every: number | null;
  /** Along which axis the depth of blocks runs. */
  depth: "x" | "y" | null;
  figure: { data: Trace[]; layout: Record<string, unknown> };
}

export interface Flag {
  /** Whose it is. */
  run: string;
  x: number;
  text: string;
  colour: string;
  /** Run and step of the checkpoint before the change; null if it is not there. */
  back: [string, number] | null;
}

export interface Message {
  generation: string;
  full: boolean;
  charts?: Chart[];
  /** If full: of the first run's blocks by depth, which item of the tower each is. */
  items?: string[];
  tables: Record<string, Table>;
  fills: Record<string, Fill>;
  flags: Flag[];
  notes: Record<string, string>;
  /** Values above do not widen a chart's linear axis, by its id. */
  limits: Record<string, number>;
  axis_end: number;
  last_step: number;
  empty: boolean;
  written_at: number;
}
