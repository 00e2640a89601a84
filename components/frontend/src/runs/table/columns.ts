/** The table's columns: what each says, and by what it sorts. Pure. */

import { duration, grouped, percent } from "../../shared/words";
import type { TableRow } from "./types";

export interface Column {
  id: string;
  title: string;
  help: string;
  /** Of the table's width, in parts. */
  width: number;
  isNumber: boolean;
  /** Whether the first click puts the greatest on top. */
  greatestFirst: boolean;
  /** Null goes last in either order. */
  value(row: TableRow): number | string | null;
  text(row: TableRow, now: Date): string;
}

const UNKNOWN = "…";

function measured(
  id: keyof TableRow & string,
  title: string,
  help: string,
  width: number,
  text: (value: number, row: TableRow) => string,
  greatestFirst = true,
): Column {
  return {
    id,
    title,
    help,
    width,
    isNumber: true,
    greatestFirst,
    value: (row) => row[id] as number | null,
    text: (row) => {
      const value = row[id] as number | null;
      if (value !== null) return text(value, row);
      return row.is_known ? "" : UNKNOWN;
    },
  };
}

function written(id: string, title: string, help: string, width: number, text: (row: TableRow) => string): Column {
  const value = (row: TableRow) => text(row) || null;
  return { id, title, help, width, isNumber: false, greatestFirst: false, value, text };
}

export const COLUMNS: readonly Column[] = [
  measured(
    "number",
    "Run",
    "Its number in this workspace, with the line that it has in all charts",
    74,
    (n) => `#${n}`,
  ),
  written("name", "Name", "F2 changes it", 150, (row) => row.name),
  written("status", "Status", "How it stands", 88, (row) => row.status),
  {
    ...measured("started_at", "Started", "When its training began", 84, () => ""),
    text: (row, now) => moment(row.started_at, now),
  },
  measured("steps", "Steps", "Updates so far", 60, grouped),
  measured("epochs", "Epochs", "Passes through the training data so far", 54, (epochs) => epochs.toFixed(1)),
  measured(
    "seconds",
    "Time",
    "Time of training; pauses and evaluations are left out",
    76,
    (seconds) => duration(seconds),
    false,
  ),
  measured("val_accuracy", "Val.", "Validation accuracy as it is now, or of the weights that were kept", 58, (share) =>
    percent(share),
  ),
  measured(
    "best_accuracy",
    "Best at",
    "Best validation accuracy, and the step at which it was first reached",
    100,
    (share, row) => `${percent(share)} · ${grouped(row.best_step ?? 0)}`,
  ),
  measured(
    "train_loss",
    "Loss",
    "Training loss, mean of the newest 16 steps",
    62,
    (loss) => String(Number(loss.toPrecision(3))),
    false,
  ),
  measured("num_parameters", "Params", "Parameters of the network", 70, grouped, false),
  written("differs", "What differs", "In what its document is not as those of most others", 176, (row) => row.differs),
  written("tags", "Tags", "As you wrote them", 100, (row) => row.tags.join(", ")),
  written("notes", "Notes", "As you wrote them", 104, (row) => row.notes),
];

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The time of a moment of today, else its day. */
export function moment(seconds: number, now: Date): string {
  const then = new Date(1000 * seconds);
  const time = `${two(then.getHours())}:${two(then.getMinutes())}`;
  const day = `${then.getDate()} ${MONTHS[then.getMonth()]}`;
  if (then.toDateString() === now.toDateString()) return time;
  return then.getFullYear() === now.getFullYear() ? `${day} ${time}` : `${day} ${then.getFullYear()}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
