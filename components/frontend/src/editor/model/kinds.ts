/** Changing a block's kind: lanes stay, its own fields wait in `parked` and come back. */

import type { Catalogue, Item, JsonObject } from "../types";

/** Equal as JSON, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => key in b && same(value, (b as Record<string, unknown>)[key]))
  );
}

/** The same block as another kind. There and back gives the same document: only what differs from a default is parked. */
export function swapKind(catalogue: Catalogue, block: Item, kind: string): Item {
  const from = catalogue.kinds[block.kind];
  const to = catalogue.kinds[kind];
  if (!from || !to || kind === block.kind || from.role !== "block" || to.role !== "block") return block;
  const parked: Record<string, JsonObject> = { ...((block["parked"] ?? {}) as Record<string, JsonObject>) };
  const waiting = parked[kind] ?? {};
  delete parked[kind];
  const own: JsonObject = {};
  const next: Item = { id: block.id, kind };
  for (const [field, value] of Object.entries(block)) {
    if (field === "kind" || field === "parked") continue;
    if (!from.own_fields.includes(field)) next[field] = value;
    else if (!same(value, from.template[field])) own[field] = value;
  }
  if (Object.keys(own).length > 0) parked[block.kind] = own;
  next["parked"] = parked;
  for (const field of to.own_fields) {
    const value = waiting[field] ?? to.template[field];
    if (value !== undefined) next[field] = value;
  }
  return next;
}
