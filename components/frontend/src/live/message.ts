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
  meta?: {
    table: string;
    column?: string;
    columns?: string[];
    matrix?: string;
    scale?: Scale;
    /** In steps; the column's means are drawn smoothed. */
    half_life?: number;
  };
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
  x: "step" | "depth" | "class" | "count" | "plane";
  y_title: string;
  scale: Scale | null;
  tick_format: string;
  /** Whether what it draws was recorded step by step. */
  csv: boolean;
  /** Of a chart of one step: it has something to show at the multiples of this number. */
  every: number | null;
  /** Along which axis the depth of blocks runs. */
  depth: "x" | "y" | null;
  /** The table of the findings of which it shows one at a time; its traces are filled by that one's content. */
  finding: string | null;
  /** How its content's tiles are shown: as a wall in the place of a drawing, or as a strip under it; null not at all. */
  tiles: "wall" | "strip" | null;
  figure: { data: Trace[]; layout: Record<string, unknown> };
}

/** What charts show of a finding; builder/charts/contents.py describes it. */
export interface Content {
  fills?: Record<string, Fill>;
  /** More of them for each of the wall's tiles, of which one is chosen. */
  variants?: Record<string, Fill>[];
  wall?: Wall;
  empty?: string;
}

export interface Tile {
  title?: string;
  text?: string;
  hover: string;
  /** Of classes, by number. */
  true?: number;
  predicted?: number;
}

export interface Wall {
  tiles: Tile[];
  /** Of the classes by which tiles can be chosen. */
  classes?: string[];
  /** So many tiles are shown before a class is chosen. */
  num_first?: number;
  summary?: string;
  /** A picture per tile, side by side in rows; width and height are one picture's. */
  sheet?: { uri: string; num_columns: number; num_rows: number; width: number; height: number };
  /** A place per tile in a square from -reach to reach. */
  points?: [number, number][];
  reach?: number;
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

/** What is said of a run besides its numbers; label and name are escaped. */
export interface RunNote {
  label: string;
  name: string;
  steps_per_epoch: number | null;
}

export interface Message {
  generation: string;
  full: boolean;
  charts?: Chart[];
  /** If full: of the first run's blocks by depth, which item of the tower each is. */
  items?: string[];
  runs?: Record<string, RunNote>;
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
