/** What the page sends; components/runs/__init__.py is its twin. */

import type { Status } from "../shared/status";

export interface RunRow {
  id: string;
  number: number;
  name: string;
  /** What its document has otherwise than the others', in short and whole. */
  differs: string;
  differs_whole: string;
  status: Status;
  reason: string;
  tags: string[];
  notes: string;
  colour: string;
  /** Plotly's name of a line style. */
  dash: string;
  seconds_ago: number;
  val_accuracy: number | null;
  best_accuracy: number | null;
  best_step: number | null;
}

/** What the runs' race has shown, or so far shows. */
export interface Race {
  text: string;
  is_over: boolean;
}

export interface RunsData {
  rows: RunRow[];
  /** Ids of those that are drawn, the one in view first. */
  shown: string[];
  most: number;
  num_older: number;
  /** Runs that were deleted and can be restored. */
  num_deleted: number;
  /** null unless they race. */
  race: Race | null;
  read_only: boolean;
  follow: string;
  /** Where the table of all runs is told; null where there is none. */
  table: string | null;
}

/** What the list's feed says. */
export type RunsNews = Pick<RunsData, "rows" | "num_older" | "num_deleted" | "race">;
