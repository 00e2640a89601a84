/** Puts messages together; the same rules as builder/charts/assembly.py. */

import { Blocks } from "./blocks";
import type { Cell, Chart, Message, RunNote } from "./message";

export interface Held {
  x: number[];
  columns: Record<string, Cell[]>;
  labels: string[];
}

const NOTHING: Held = { x: [], columns: {}, labels: [] };

/** All that the messages so far say. */
export class Assembly {
  charts: Chart[] = [];
  blocks = new Blocks();
  runs: Record<string, RunNote> = {};
  message: Message | null = null;
  private tables = new Map<string, Held>();

  /** Takes a message; false if something before it is missing, and then nothing changes. */
  apply(message: Message): boolean {
    if (!message.full && (message.generation !== this.message?.generation || this.hasGap(message))) return false;
    if (message.full) {
      this.tables.clear();
      this.charts = message.charts ?? [];
      this.blocks = new Blocks(message.items);
      this.runs = message.runs ?? {};
    }
    this.message = message;
    for (const [name, table] of Object.entries(message.tables)) {
      const old = this.table(name);
      const columns: Record<string, Cell[]> = table.x.length === 0 ? { ...old.columns } : {};
      for (const [column, values] of Object.entries(table.columns)) {
        const width = values.length / Math.max(1, table.x.length);
        columns[column] = joined(old.columns[column] ?? [], table.first * width, values);
      }
      const labels = joined(old.labels, table.first, table.labels ?? []);
      this.tables.set(name, { x: joined(old.x, table.first, table.x), columns, labels });
    }
    return true;
  }

  table(name: string): Held {
    return this.tables.get(name) ?? NOTHING;
  }

  private hasGap(message: Message): boolean {
    return Object.entries(message.tables).some(([name, table]) => table.first > this.table(name).x.length);
  }
}

/** The first so many, and then others: a new array, so that whoever holds the old one sees no change. */
function joined<T>(old: readonly T[], count: number, more: readonly T[]): T[] {
  const all = old.slice(0, count);
  for (const each of more) all.push(each);
  return all;
}
