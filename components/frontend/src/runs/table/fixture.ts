/** A row for tests. */

import type { TableRow } from "./types";

export function tableRow(number: number, changes: Partial<TableRow> = {}): TableRow {
  return {
    id: `r${number}`,
    number,
    name: "digits",
    colour: "#3B7DE0",
    dash: "solid",
    status: "finished",
    reason: "",
    started_at: 1_700_000_000 + number,
    tags: [],
    notes: "",
    deleted_at: null,
    differs: `seed ${number}`,
    is_known: true,
    steps: 100 * number,
    epochs: number,
    seconds: 3.5 * number,
    val_accuracy: 0.9,
    best_accuracy: 0.95,
    best_step: 40,
    train_loss: 0.1 * number,
    num_parameters: 56_394,
    ...changes,
  };
}
