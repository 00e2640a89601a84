/**
 * What the server said of the last edits.
 *
 * An answer leaves out the items that are as they were in the answer to an earlier edit, its base. Answers may come after
 * further edits were sent, so the base need not be the newest one that is here.
 */

import { same } from "./model/kinds";
import type { Analysis, ItemAnalysis } from "./types";

type Items = Record<string, ItemAnalysis>;

/** An edit's answer is based on what was here when it was sent: so many edits may be on their way. */
const NUM_KEPT = 16;

export class Analyses {
  newest: Analysis | null = null;
  private readonly items = new Map<number, Items>();

  /** The document was replaced. */
  clear(): void {
    this.newest = null;
    this.items.clear();
  }

  /** Takes an answer; false if its base is not here. Items that are as before stay the same objects. */
  receive(next: Analysis): boolean {
    // An edit is answered twice: when the page asks, and when the script takes it.
    if (this.newest && next.rev <= this.newest.rev) return true;
    const base = next.base === null ? {} : this.items.get(next.base);
    if (base === undefined) return false;
    const items: Items = { ...base, ...next.items };
    for (const id of next.gone) delete items[id];
    const before = this.newest?.items ?? {};
    for (const [id, row] of Object.entries(items)) {
      const old = before[id];
      if (old && old !== row && same(old, row)) items[id] = old;
    }
    this.newest = { ...next, items };
    this.items.delete(next.rev);
    this.items.set(next.rev, items);
    for (const rev of this.items.keys()) {
      if (this.items.size <= NUM_KEPT) break;
      this.items.delete(rev);
    }
    return true;
  }
}
