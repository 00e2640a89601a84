/** Which rows are seen, and in which order. Pure. */

import type { Column } from "./columns";
import type { TableRow } from "./types";

export const ALL = "";
export const DELETED = "deleted";

export interface Filter {
  words: string;
  /** A status, `ALL` or `DELETED`. */
  status: string;
  tag: string;
}

export interface Order {
  column: Column;
  isDescending: boolean;
}

/** Whether every word stands somewhere in the row. */
export function matches(row: TableRow, { words, status, tag }: Filter): boolean {
  if ((row.deleted_at !== null) !== (status === DELETED)) return false;
  if (status !== ALL && status !== DELETED && row.status !== status) return false;
  if (tag !== ALL && !row.tags.includes(tag)) return false;
  const text =
    `#${row.number} ${row.name} ${row.status} ${row.differs} ${row.tags.join(" ")} ${row.notes}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const TEXTS = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Of equal ones the newest comes first; a row without a value comes last in either order. */
export function ordered(rows: readonly TableRow[], { column, isDescending }: Order): TableRow[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const a = column.value(one);
    const b = column.value(other);
    if (a === null || b === null) return Number(a === null) - Number(b === null) || other.number - one.number;
    const order = typeof a === "number" && typeof b === "number" ? a - b : TEXTS.compare(String(a), String(b));
    return sign * order || other.number - one.number;
  });
}

/** Each once with how many rows have it, the most frequent first. */
export function counted(values: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1] || TEXTS.compare(one[0], other[0]));
}
