/** The rows told so far, with what was typed here and is not told back yet. Pure; the clock is the caller's. */

import type { TableNews, TableRow } from "./types";

/** After so long without its answer a change is taken for refused. */
export const PATIENCE_MS = 5000;

interface Change {
  fields: Partial<TableRow>;
  at: number;
}

export class Held {
  private readonly rows = new Map<string, TableRow>();
  private readonly changes = new Map<string, Change>();
  private ids: string[] = [];
  known = 0;

  /** False if something before it is missing, and then nothing changes. */
  apply(news: TableNews): boolean {
    if (!news.full && news.ids.some((id) => !this.rows.has(id) && !news.rows.some((row) => row.id === id)))
      return false;
    if (news.full) this.rows.clear();
    for (const row of news.rows) this.rows.set(row.id, row);
    const there = new Set(news.ids);
    for (const id of [...this.rows.keys()]) if (!there.has(id)) this.rows.delete(id);
    this.ids = news.ids;
    this.known = news.known;
    return true;
  }

  /** What a hand has changed stands until the server says the same, or has had time to. */
  change(id: string, fields: Partial<TableRow>, now: number): void {
    this.changes.set(id, { fields: { ...this.changes.get(id)?.fields, ...fields }, at: now });
  }

  all(now: number): TableRow[] {
    return this.ids.map((id) => this.row(id, now)!);
  }

  row(id: string, now: number): TableRow | null {
    const row = this.rows.get(id);
    if (row === undefined) return null;
    const change = this.changes.get(id);
    if (change === undefined) return row;
    const isTold = Object.entries(change.fields).every(([name, value]) => isSame(row[name as keyof TableRow], value));
    if (isTold || now - change.at >= PATIENCE_MS) {
      this.changes.delete(id);
      return row;
    }
    return { ...row, ...change.fields };
  }
}

function isSame(told: unknown, changed: unknown): boolean {
  // When a run was deleted the server knows better.
  if (typeof told === "number" && typeof changed === "number") return true;
  return JSON.stringify(told) === JSON.stringify(changed);
}
