/** What the table's feeds say; builder/pages/run_table.py and `difference_table` of run_rows.py are their twins. */

import type { Status } from "../../shared/status";

export interface TableRow {
  id: string;
  number: number;
  name: string;
  colour: string;
  /** Plotly's name of a line style. */
  dash: string;
  status: Status;
  reason: string;
  /** Unix seconds. */
  started_at: number;
  tags: string[];
  notes: string;
  deleted_at: number | null;
  differs: string;
  /** Whether what follows was read already. */
  is_known: boolean;
  steps: number | null;
  epochs: number | null;
  seconds: number | null;
  val_accuracy: number | null;
  best_accuracy: number | null;
  best_step: number | null;
  train_loss: number | null;
  num_parameters: number | null;
}

export interface TableNews {
  full: boolean;
  rows: TableRow[];
  /** Of all runs, newest first, deleted ones last. */
  ids: string[];
  known: number;
}

export interface DifferenceNews {
  runs: string[];
  rows: { title: string; cells: string[] }[];
}

/** What the table asks for; builder/pages/run_actions.py does it. */
export type RunAction =
  | { kind: "rename_run"; id: string; name: string }
  | { kind: "set_notes"; id: string; notes: string }
  | { kind: "set_tags"; tags: Record<string, string[]> }
  | { kind: "delete_runs"; ids: string[] }
  | { kind: "restore_runs"; ids: string[]; shown: string[] };
