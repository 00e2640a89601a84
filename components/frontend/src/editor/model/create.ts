/** New items: from a template, a recipe or another item; every id is new and is never used again. */

import type { Analysis, Catalogue, ExperimentDocument, Item, Json, JsonObject, Recipe } from "../types";
import { find, insertAt, isBlock, itemsOf, LANES, listFields, type Place, remove, updateItem } from "./tree";

type Unnamed = { kind: string } & JsonObject;

interface Made {
  items: Item[];
  next_id: number;
}

/** Gives the items, and all items in them, ids from `next_id` on. */
export function withIds(unnamed: readonly Unnamed[], next_id: number): Made {
  let next = next_id;
  const name = (source: Unnamed): Item => {
    const item: Item = { ...structuredClone(source), id: `i${next++}` };
    for (const field of listFields(item)) item[field] = (item[field] as Unnamed[]).map(name);
    return item;
  };
  return { items: unnamed.map(name), next_id: next };
}

function counted(document: ExperimentDocument, next_id: number): ExperimentDocument {
  return { ...document, network: { ...document.network, next_id } };
}

/** The shape that flows into this place, as far as the last analysis knows it. */
export function shapeAt(
  document: ExperimentDocument,
  catalogue: Catalogue,
  analysis: Analysis | null,
  place: Place,
): number[] | null {
  const before = (itemsOf(document, place.list) ?? []).slice(0, place.index).reverse();
  for (const item of before) {
    const shape = analysis?.items[item.id]?.out_shape;
    if (shape) return shape;
  }
  const { owner } = place.list;
  if (owner === null)
    return catalogue.datasets.find((dataset) => dataset.name === document.data.dataset)?.shape ?? null;
  const known = analysis?.items[owner]?.in_shape;
  if (known) return known;
  const outer = find(document, owner)?.place;
  return outer ? shapeAt(document, catalogue, analysis, outer) : null;
}

function fits(recipe: Recipe, shape: number[] | null): boolean {
  if (recipe.input === "any" || shape === null) return true;
  return (recipe.input === "image") === (shape.length === 3);
}

/** The recipes for a lane whose input has this shape. */
export function recipesFor(catalogue: Catalogue, kind: string, lane: string, shape: number[] | null): Recipe[] {
  return catalogue.recipes.filter(
    (recipe) => recipe.lane === lane && fits(recipe, shape) && (!recipe.kinds?.length || recipe.kinds.includes(kind)),
  );
}

/** A recipe's layers, with `$features` and `$channels` replaced by the width; unknown widths leave the default. */
export function fillRecipe(recipe: Recipe, catalogue: Catalogue, shape: number[] | null): Unnamed[] {
  const width = shape?.[0];
  return recipe.items.map((layer) => {
    const template: Unnamed = catalogue.kinds[layer.kind]?.template ?? { kind: layer.kind };
    const filled: Unnamed = { ...template, ...layer };
    for (const [field, value] of Object.entries(layer)) {
      if (value === "$features" || value === "$channels") filled[field] = width ?? template[field] ?? null;
    }
    return filled;
  });
}

/** Puts a new item of a kind at a place; a new block gets the default body for the shape there. */
export function insertNew(
  document: ExperimentDocument,
  catalogue: Catalogue,
  analysis: Analysis | null,
  kind: string,
  place: Place,
): { document: ExperimentDocument; id: string } | null {
  const template = catalogue.kinds[kind]?.template;
  if (template === undefined) return null;
  const unnamed: Unnamed = structuredClone(template);
  if (Array.isArray(unnamed["body"]) && unnamed["body"].length === 0) {
    const shape = shapeAt(document, catalogue, analysis, place);
    const recipe = recipesFor(catalogue, kind, "body", shape).find((candidate) => candidate.is_default);
    if (recipe) unnamed["body"] = fillRecipe(recipe, catalogue, shape);
  }
  const { items, next_id } = withIds([unnamed], document.network.next_id);
  const [item] = items;
  if (item === undefined) return null;
  return { document: counted(insertAt(document, place, items), next_id), id: item.id };
}

/** Replaces a lane of a block by a recipe's layers. */
export function applyRecipe(
  document: ExperimentDocument,
  catalogue: Catalogue,
  analysis: Analysis | null,
  id: string,
  recipe: Recipe,
): ExperimentDocument {
  const block = find(document, id)?.item;
  const lane = LANES.find((name) => name === recipe.lane);
  if (block === undefined || lane === undefined || !isBlock(block)) return document;
  const shape = shapeAt(document, catalogue, analysis, { list: { owner: id, field: lane }, index: 0 });
  const { items, next_id } = withIds(fillRecipe(recipe, catalogue, shape), document.network.next_id);
  return counted(
    updateItem(document, id, (item) => ({ ...item, [lane]: items as Json })),
    next_id,
  );
}

/** A copy right after the item, with new ids throughout. */
export function duplicate(
  document: ExperimentDocument,
  id: string,
): { document: ExperimentDocument; id: string } | null {
  const found = find(document, id);
  if (found === null) return null;
  const { items, next_id } = withIds([found.item], document.network.next_id);
  const [copy] = items;
  if (copy === undefined) return null;
  const place: Place = { list: found.place.list, index: found.place.index + 1 };
  return { document: counted(insertAt(document, place, items), next_id), id: copy.id };
}

/** Puts the item into a new repeat; the item keeps its id, and so its place in groups' rules. */
export function wrap(
  document: ExperimentDocument,
  template: Unnamed,
  id: string,
): { document: ExperimentDocument; id: string } | null {
  const found = find(document, id);
  if (found === null || found.place.list.field !== "items") return null;
  const { items, next_id } = withIds([{ ...template, items: [] }], document.network.next_id);
  const repeat: Item = { ...(items[0] as Item), items: [found.item] as Json };
  return { document: counted(insertAt(remove(document, id), found.place, [repeat]), next_id), id: repeat.id };
}

/** Replaces a repeat by what it holds, once. */
export function unwrap(document: ExperimentDocument, id: string): ExperimentDocument {
  const found = find(document, id);
  const inner = found?.item["items"];
  if (!found || !Array.isArray(inner)) return document;
  return insertAt(remove(document, id), found.place, inner as Item[]);
}
