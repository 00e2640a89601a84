/** What may stand where. */

import type { Catalogue, ExperimentDocument, Item, Role } from "../types";
import { find, isRepeat, itemsOf, type ListRef, listFields, type Place, TOWER } from "./tree";

/** Blocks and repeats stay out of lanes; layers that need a body's shape stay in shortcuts. */
export function accepts(list: ListRef, role: Role): boolean {
  if (list.field === "items") return role !== "shortcut_layer";
  if (list.field === "body") return role === "layer";
  return role === "layer" || role === "shortcut_layer";
}

export function roleOf(catalogue: Catalogue, item: { kind: string }): Role {
  return catalogue.kinds[item.kind]?.role ?? "layer";
}

/** Whether this layer follows the data set's classes: the tower's head. */
function isHead(item: Item | undefined): boolean {
  return item !== undefined && listFields(item).length === 0 && Object.values(item).includes("classes");
}

/** Where a click on the palette puts something: after the selected item, else at the end, before the head. */
export function clickPlace(document: ExperimentDocument, role: Role, selected: string | null): Place | null {
  const found = selected === null ? null : find(document, selected);
  if (found !== null) {
    const { item, place, ancestors } = found;
    for (const field of listFields(item)) {
      // A selected block with room for this layer, or an empty repeat, is filled rather than followed.
      const list: ListRef = { owner: item.id, field };
      const length = itemsOf(document, list)?.length ?? 0;
      const fills = isRepeat(item) ? length === 0 : role === "layer" ? length === 0 && field === "body" : true;
      if (fills && accepts(list, role)) return { list, index: length };
    }
    if (accepts(place.list, role)) return { list: place.list, index: place.index + 1 };
    for (const ancestor of [...ancestors].reverse()) {
      const outer = find(document, ancestor.id)?.place;
      if (outer && accepts(outer.list, role)) return { list: outer.list, index: outer.index + 1 };
    }
  }
  if (!accepts(TOWER, role)) return null;
  const { items } = document.network;
  return { list: TOWER, index: isHead(items.at(-1)) ? items.length - 1 : items.length };
}

/**
 * Where the item goes by one step of the keyboard: past its neighbour, into a neighbour that is open, or out of its
 * list. Null at the tower's ends.
 */
export function stepPlace(
  document: ExperimentDocument,
  catalogue: Catalogue,
  id: string,
  direction: -1 | 1,
  isOpen: (id: string) => boolean,
): Place | null {
  const found = find(document, id);
  if (found === null) return null;
  const role = roleOf(catalogue, found.item);
  const { list, index } = found.place;
  const siblings = itemsOf(document, list) ?? [];
  const neighbour = siblings[index + direction];
  if (neighbour !== undefined) {
    const inner = isOpen(neighbour.id) ? edgeList(neighbour, role, direction) : null;
    if (inner === null) return { list, index: index + direction };
    return { list: inner, index: direction === 1 ? 0 : (itemsOf(document, inner)?.length ?? 0) };
  }
  return leave(document, list, role, direction);
}

function edgeList(item: Item, role: Role, direction: -1 | 1): ListRef | null {
  const lists = listFields(item).map((field): ListRef => ({ owner: item.id, field }));
  if (direction === -1) lists.reverse();
  return lists.find((list) => accepts(list, role)) ?? null;
}

function leave(document: ExperimentDocument, list: ListRef, role: Role, direction: -1 | 1): Place | null {
  if (list.owner === null) return null;
  const owner = find(document, list.owner);
  if (owner === null) return null;
  const fields = listFields(owner.item);
  const next = fields[fields.indexOf(list.field) + direction];
  if (next !== undefined) {
    const lane: ListRef = { owner: list.owner, field: next };
    if (accepts(lane, role)) return { list: lane, index: direction === 1 ? 0 : (itemsOf(document, lane)?.length ?? 0) };
  }
  if (accepts(owner.place.list, role))
    return { list: owner.place.list, index: owner.place.index + (direction === 1 ? 1 : 0) };
  return leave(document, owner.place.list, role, direction);
}
