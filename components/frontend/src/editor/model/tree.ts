/** The tower as a tree of lists: the tower itself, each repeat's items, each block's two lanes. Nothing here mutates. */

import type { ExperimentDocument, Item, Json } from "../types";

export type Lane = "body" | "shortcut";

/** Names one list of items; `owner` is null for the tower itself. */
export interface ListRef {
  owner: string | null;
  field: "items" | Lane;
}

export interface Place {
  list: ListRef;
  index: number;
}

export interface Found {
  item: Item;
  place: Place;
  /** Blocks and repeats around it, outermost first. */
  ancestors: Item[];
}

export const TOWER: ListRef = { owner: null, field: "items" };
export const LANES: readonly Lane[] = ["body", "shortcut"];

export function isBlock(item: Item): boolean {
  return Array.isArray(item["body"]) && Array.isArray(item["shortcut"]);
}

export function isRepeat(item: Item): boolean {
  return Array.isArray(item["items"]);
}

/** The fields of an item that hold lists of items, in reading order. */
export function listFields(item: Item): ListRef["field"][] {
  if (isRepeat(item)) return ["items"];
  return isBlock(item) ? [...LANES] : [];
}

export function children(item: Item, field: ListRef["field"]): Item[] {
  return (item[field] as Item[] | undefined) ?? [];
}

export function listKey(list: ListRef): string {
  return list.owner === null ? "tower" : `${list.owner}/${list.field}`;
}

export function parseListKey(key: string): ListRef {
  const [owner, field] = key.split("/");
  if (field === undefined) return TOWER;
  return { owner: owner ?? null, field: field as ListRef["field"] };
}

/** Every item, lanes and repeats included, in reading order. */
export function* walk(items: readonly Item[]): Generator<Item> {
  for (const item of items) {
    yield item;
    for (const field of listFields(item)) yield* walk(children(item, field));
  }
}

export function find(document: ExperimentDocument, id: string): Found | null {
  return findIn(document.network.items, TOWER, [], id);
}

function findIn(items: readonly Item[], list: ListRef, ancestors: Item[], id: string): Found | null {
  for (const [index, item] of items.entries()) {
    if (item.id === id) return { item, place: { list, index }, ancestors };
    for (const field of listFields(item)) {
      const found = findIn(children(item, field), { owner: item.id, field }, [...ancestors, item], id);
      if (found !== null) return found;
    }
  }
  return null;
}

export function itemsOf(document: ExperimentDocument, list: ListRef): Item[] | null {
  if (list.owner === null) return document.network.items;
  const owner = find(document, list.owner)?.item;
  return owner && listFields(owner).includes(list.field) ? children(owner, list.field) : null;
}

/** Applies `change` to the item `id`; all lists that do not hold it stay the same objects. */
export function updateItem(document: ExperimentDocument, id: string, change: (item: Item) => Item): ExperimentDocument {
  return withItems(document, updateIn(document.network.items, id, change));
}

function updateIn(items: Item[], id: string, change: (item: Item) => Item): Item[] {
  let changed = false;
  const next = items.map((item) => {
    const result = item.id === id ? change(item) : updateLists(item, (list) => updateIn(list, id, change));
    changed ||= result !== item;
    return result;
  });
  return changed ? next : items;
}

function updateLists(item: Item, change: (items: Item[]) => Item[]): Item {
  let result = item;
  for (const field of listFields(item)) {
    const before = children(item, field);
    const after = change(before);
    if (after !== before) result = { ...result, [field]: after as Json };
  }
  return result;
}

export function withItems(document: ExperimentDocument, items: Item[]): ExperimentDocument {
  if (items === document.network.items) return document;
  return { ...document, network: { ...document.network, items } };
}

function updateList(
  document: ExperimentDocument,
  list: ListRef,
  change: (items: Item[]) => Item[],
): ExperimentDocument {
  if (list.owner === null) return withItems(document, change(document.network.items));
  return updateItem(document, list.owner, (owner) => ({
    ...owner,
    [list.field]: change(children(owner, list.field)) as Json,
  }));
}

export function insertAt(document: ExperimentDocument, place: Place, items: Item[]): ExperimentDocument {
  return updateList(document, place.list, (list) => [
    ...list.slice(0, place.index),
    ...items,
    ...list.slice(place.index),
  ]);
}

export function remove(document: ExperimentDocument, id: string): ExperimentDocument {
  return withItems(document, removeIn(document.network.items, id));
}

function removeIn(items: Item[], id: string): Item[] {
  if (items.some((item) => item.id === id)) return items.filter((item) => item.id !== id);
  let changed = false;
  const next = items.map((item) => {
    const result = updateLists(item, (list) => removeIn(list, id));
    changed ||= result !== item;
    return result;
  });
  return changed ? next : items;
}

/** Moves an item; `place.index` counts the target list without the item. Into itself is no move. */
export function move(document: ExperimentDocument, id: string, place: Place): ExperimentDocument {
  const found = find(document, id);
  if (found === null) return document;
  const { owner } = place.list;
  if (owner !== null && [...walk([found.item])].some((inner) => inner.id === owner)) return document;
  const stays = listKey(found.place.list) === listKey(place.list) && found.place.index === place.index;
  if (stays || itemsOf(document, place.list) === null) return document;
  return insertAt(remove(document, id), place, [found.item]);
}
