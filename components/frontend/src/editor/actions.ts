/** Everything a person can do to the document, by mouse, touch, keyboard or form; each tells what it did. */

import { applyRecipe, duplicate, insertNew, unwrap, wrap } from "./model/create";
import { addGroup, applyGrouping, moveGroup, removeGroup, replaceGroup } from "./model/groups";
import { same, swapKind } from "./model/kinds";
import { clickPlace, roleOf, stepPlace } from "./model/rules";
import { find, isBlock, isRepeat, itemsOf, move, type Place, remove, updateItem } from "./model/tree";
import type { Store } from "./store";
import type { Catalogue, ExperimentDocument, Grouping, Item, JsonObject, Recipe } from "./types";

const MAX_TIMES = 2000;

export class Actions {
  constructor(private readonly store: Store) {}

  private get document(): ExperimentDocument {
    const { document } = this.store;
    if (document === null) throw new Error("There is no document yet.");
    return document;
  }

  private get catalogue(): Catalogue {
    const { catalogue } = this.store;
    if (catalogue === null) throw new Error("There is no catalogue yet.");
    return catalogue;
  }

  titleOf(id: string): string {
    const item = find(this.document, id)?.item;
    return item ? (this.catalogue.kinds[item.kind]?.title ?? item.kind) : id;
  }

  private placeText(place: Place): string {
    const number = `position ${place.index + 1}`;
    const { owner, field } = place.list;
    if (owner === null) return `${number} of the tower`;
    return `${number} of ${field === "items" ? "" : `the ${field} of `}${this.titleOf(owner)}`;
  }

  /** Puts a new item at a place, or where a click means; tells why if it can stand nowhere. */
  insert(kind: string, place: Place | null = null): void {
    const { store } = this;
    const role = this.catalogue.kinds[kind]?.role ?? "layer";
    const target = place ?? clickPlace(this.document, role, store.selected);
    const title = this.catalogue.kinds[kind]?.title ?? kind;
    if (target === null) {
      store.announce(`${title} only goes into a block's shortcut. Select a block first, or drag it there.`);
      return;
    }
    const made = insertNew(this.document, this.catalogue, store.analysis, kind, target);
    if (made === null) return;
    store.selected = made.id;
    store.inserted = made.id;
    if (target.list.owner !== null) store.setOpen(target.list.owner, true);
    store.commit(made.document, `${title} inserted at ${this.placeText(target)}.`);
  }

  moveTo(id: string, place: Place): void {
    const title = this.titleOf(id);
    const document = move(this.document, id, place);
    if (document === this.document) return;
    this.store.commit(document, `${title} moved to ${this.placeText(place)}.`);
  }

  /** One step up or down, also into and out of repeats and open blocks. */
  step(id: string, direction: -1 | 1): void {
    const place = stepPlace(this.document, this.catalogue, id, direction, (other) => this.store.isOpen(other));
    if (place === null)
      this.store.announce(`${this.titleOf(id)} is already at the ${direction === 1 ? "end" : "start"}.`);
    else this.moveTo(id, place);
  }

  remove(id: string): void {
    const found = find(this.document, id);
    if (found === null) return;
    const siblings = itemsOf(this.document, found.place.list) ?? [];
    const { index } = found.place;
    this.store.selected = siblings[index + 1]?.id ?? siblings[index - 1]?.id ?? found.ancestors.at(-1)?.id ?? null;
    this.store.commit(remove(this.document, id), `${this.titleOf(id)} deleted. Control Z brings it back.`);
  }

  duplicate(id: string): void {
    const made = duplicate(this.document, id);
    if (made === null) return;
    this.store.selected = made.id;
    this.store.commit(made.document, `${this.titleOf(id)} duplicated.`);
  }

  bypass(id: string): void {
    const item = find(this.document, id)?.item;
    if (!item || !isBlock(item)) {
      this.store.announce("Only blocks can be bypassed.");
      return;
    }
    const bypassed = item["bypassed"] !== true;
    const document = updateItem(this.document, id, (before) => ({ ...before, bypassed }));
    this.store.commit(document, `${this.titleOf(id)} ${bypassed ? "bypassed" : "back in the tower"}.`);
  }

  /** A new repeat around the item, or a repeat's items without it. */
  wrap(id: string): void {
    const template = Object.values(this.catalogue.kinds).find((kind) => kind.role === "repeat")?.template;
    const made = template && wrap(this.document, template, id);
    if (!made) {
      this.store.announce("A layer in a lane cannot be repeated. Repeat its block.");
      return;
    }
    this.store.selected = made.id;
    this.store.commit(made.document, `${this.titleOf(id)} put into a repeat.`);
  }

  unwrap(id: string): void {
    const item = find(this.document, id)?.item;
    if (!item || !isRepeat(item)) return;
    const inner = item["items"] as Item[];
    this.store.selected = inner[0]?.id ?? null;
    this.store.commit(unwrap(this.document, id), "Repeat removed; its items stay.");
  }

  setTimes(id: string, times: number): void {
    if (!Number.isInteger(times) || times < 1 || times > MAX_TIMES) {
      this.store.announce(`A repeat has from 1 to ${MAX_TIMES.toLocaleString("en-US")} copies, in whole numbers.`);
      return;
    }
    const document = updateItem(this.document, id, (item) => ({ ...item, times }));
    this.store.commit(document, `Repeated ${times} times.`);
  }

  swap(id: string, kind: string): void {
    const document = updateItem(this.document, id, (item) => swapKind(this.catalogue, item, kind));
    if (document !== this.document) this.store.commit(document, `Now a ${this.catalogue.kinds[kind]?.title} block.`);
  }

  /** Fields of an item, as its form hands them back. */
  setFields(id: string, fields: JsonObject, settled: boolean): void {
    const item = find(this.document, id)?.item;
    if (item === undefined) return;
    this.setForm(id, item, fields, settled, (after) => updateItem(this.document, id, () => after));
  }

  recipe(id: string, recipe: Recipe): void {
    const { store } = this;
    const document = applyRecipe(this.document, this.catalogue, store.analysis, id, recipe);
    store.commit(document, `${recipe.title} put into the ${recipe.lane}.`);
  }

  setPart(part: "data" | "training" | "network", fields: JsonObject, settled: boolean): void {
    const before = this.document[part] as JsonObject;
    this.setForm(part, before, fields, settled, (after) => ({ ...this.document, [part]: after }));
  }

  chooseDataset(name: string): void {
    const dataset = this.catalogue.datasets.find((candidate) => candidate.name === name);
    if (dataset === undefined) return;
    if (this.document.data.dataset !== name) {
      const data = { ...this.document.data, dataset: name };
      this.store.commit({ ...this.document, data }, `${dataset.title} is the data now.`);
    }
    if (dataset.available === false) this.store.ask("download_dataset", { dataset: name });
  }

  addGroup(rule: JsonObject, name: string): void {
    this.store.commit(addGroup(this.document, rule, name), `Group for ${name} added; it comes first.`);
  }

  removeGroup(index: number): void {
    const name = this.document.groups[index]?.name;
    this.store.commit(
      removeGroup(this.document, index),
      `Group ${name} removed; its parameters fall to the next rule.`,
    );
  }

  moveGroup(index: number, direction: -1 | 1): void {
    const name = this.document.groups[index]?.name;
    this.store.commit(moveGroup(this.document, index, direction), `Group ${name} moved.`);
  }

  setGroup(index: number, fields: JsonObject, settled: boolean): void {
    const before = this.document.groups[index];
    if (before === undefined) return;
    this.setForm(`groups.${index}`, before, fields, settled, (after) => replaceGroup(this.document, index, after));
  }

  /** Only what changed is written, so that a form which shows a default does not put it into the document. */
  private setForm<T extends JsonObject>(
    place: string,
    before: T,
    fields: JsonObject,
    settled: boolean,
    put: (after: T) => ExperimentDocument,
  ): void {
    const changed = Object.entries(fields).filter(([name, value]) => !same(before[name], value));
    const document = changed.length === 0 ? this.document : put({ ...before, ...Object.fromEntries(changed) });
    this.store.commit(document, null, settled, `${place}.${changed.map(([name]) => name).join()}`);
  }

  grouping(grouping: Grouping): void {
    this.store.commit(applyGrouping(this.document, grouping), `Groups: ${grouping.title}.`);
  }

  /** What a drop on a list means: a new item, or a move. */
  drop(source: { kind: string } | { id: string }, place: Place): void {
    if ("kind" in source) this.insert(source.kind, place);
    else {
      this.store.selected = source.id;
      this.moveTo(source.id, place);
    }
  }

  roleOf(item: Item): string {
    return roleOf(this.catalogue, item);
  }

  undo(): void {
    this.store.ask("undo");
  }

  redo(): void {
    this.store.ask("redo");
  }
}
