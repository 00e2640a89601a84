/** An item in the tower: its place, its face while that is in sight, and the lists inside it. Kept by id over every edit. */

import { h, place, setAttribute, setStyle } from "../../shared/dom";
import { children, isBlock, isRepeat, listFields, type ListRef } from "../model/tree";
import type { Item } from "../types";
import { kindOf } from "./card";
import { Face } from "./face";
import { ItemList } from "./list";
import type { Scene } from "./scene";
import type { Seen } from "./sight";
import type { Tower } from "./tower";

const LANE_WORDS: Record<string, { title: string; help: string; empty: string }> = {
  body: { title: "body F", help: "The layers that transform the input", empty: "drop a layer here" },
  shortcut: { title: "shortcut S", help: "The layers on the way around the body", empty: "identity" },
};

/** Repeats, blocks and layers are built differently. */
export type Form = "repeat" | "block" | "layer";

export function formOf(item: Item): Form {
  if (isRepeat(item)) return "repeat";
  return isBlock(item) ? "block" : "layer";
}

export class ItemNode implements Seen {
  readonly form: Form;
  readonly element: HTMLElement;
  private readonly lists = new Map<ListRef["field"], { box: HTMLElement; list: ItemList }>();
  private readonly inside = h("div", { class: "inside" });
  private face: Face | null = null;
  private isAwake = false;
  private isInSight: boolean;
  private isFaceDrawn = false;
  private drawn: readonly unknown[] = [];
  private item: Item;
  private litCopy: number | null = null;

  constructor(
    readonly id: string,
    item: Item,
    private readonly scene: Scene,
    private readonly tower: Tower,
  ) {
    this.form = formOf(item);
    this.item = item;
    this.element = h("div", { class: `node ${this.form} resting`, role: "treeitem", tabindex: -1, "data-id": id });
    this.isInSight = tower.sight.add(this.element, this);
  }

  update(item: Item, level: number): void {
    const { scene } = this;
    const { store } = scene;
    const open = store.isOpenItem(item);
    // Whatever is said of it; equal parts mean that it is up to date.
    const parts = [
      item,
      level,
      open,
      store.selected === this.id,
      store.readOnly,
      store.analysis?.items[this.id],
      store.problemsOf(this.id),
      scene.document.groups,
      scene.catalogue,
    ];
    this.item = item;
    if (!parts.every((part, index) => part === this.drawn[index])) {
      this.draw(item, level, open);
      this.isFaceDrawn = false;
    }
    this.drawn = parts;
    this.settle();
    if (this.isAwake) this.drawFace();
    this.drawInside(item, open, level);
  }

  measure(): void {
    if (this.face !== null && this.isAwake) setStyle(this.element, "--resting", `${this.face.height}px`);
  }

  seen(isInSight: boolean): void {
    this.isInSight = isInSight;
    this.settle();
  }

  private settle(): void {
    if (this.isInSight) this.wake();
    else if (this.isAwake && !this.isHeld) this.rest();
  }

  /** What is selected, has the focus or flies keeps its face wherever it is. */
  private get isHeld(): boolean {
    const { store } = this.scene;
    return store.dragging || store.selected === this.id || this.element.matches(":focus-within");
  }

  /** Gives it its face now, for who wants to know where it stands. */
  wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    this.face ??= new Face(this.id, this.form, this.scene, this.element);
    this.face.enter();
    this.element.classList.remove("resting");
    this.drawFace();
    this.face.preflight();
    this.face.live();
    this.face.light(this.litCopy);
  }

  private rest(): void {
    this.isAwake = false;
    this.face?.leave();
    this.element.classList.add("resting");
  }

  private drawFace(): void {
    if (this.isFaceDrawn) return;
    this.isFaceDrawn = true;
    this.face?.update(this.item, this.scene.store.isOpenItem(this.item));
  }

  private draw(item: Item, level: number, open: boolean): void {
    const { scene, element } = this;
    const { store } = scene;
    const kind = kindOf(scene, item);
    const selected = store.selected === this.id;
    setStyle(element, "--kind", kind.colour);
    setAttribute(element, "data-kind", item.kind);
    setAttribute(element, "data-role", kind.role);
    setAttribute(element, "data-title", kind.title);
    setAttribute(element, "aria-level", level);
    setAttribute(element, "aria-selected", String(selected));
    setAttribute(element, "aria-label", this.label(item, kind.title));
    setAttribute(element, "aria-expanded", this.form === "layer" ? null : String(open));
    element.classList.toggle("selected", selected);
    element.classList.toggle("bypassed", item["bypassed"] === true);
    element.classList.toggle("broken", kind.arc === "broken");
    element.classList.toggle("wrong", store.problemsOf(this.id).length > 0);
  }

  private label(item: Item, title: string): string {
    const row = this.scene.store.analysis?.items[item.id];
    const shape = row?.in_shape ? `, ${row.in_shape.join(" by ")} to ${row.out_shape?.join(" by ") ?? "unknown"}` : "";
    const parameters = row ? `, ${row.num_parameters} parameters` : "";
    const times = isRepeat(item) ? `, ${String(item["times"])} times` : "";
    const problems = this.scene.store.problemsOf(item.id).length > 0 ? ", has a problem" : "";
    return `${title}${times}${item["bypassed"] === true ? ", bypassed" : ""}${shape}${parameters}${problems}`;
  }

  private drawInside(item: Item, open: boolean, level: number): void {
    const fields = open ? listFields(item) : [];
    if (fields.length === 0 && this.lists.size === 0) return;
    for (const [field, { box, list }] of this.lists) {
      if (fields.includes(field)) continue;
      list.destroy();
      box.remove();
      this.lists.delete(field);
    }
    if (fields.length === 0) this.inside.remove();
    else if (this.inside.parentNode === null) this.element.append(this.inside);
    for (const field of fields) {
      let part = this.lists.get(field);
      if (part === undefined) {
        part = this.makeList(field);
        this.lists.set(field, part);
      }
      part.list.update(children(item, field), level + 1);
    }
    place(
      this.inside,
      fields.map((field) => this.lists.get(field)?.box).filter((box) => box !== undefined),
    );
  }

  private makeList(field: ListRef["field"]): { box: HTMLElement; list: ItemList } {
    const words = LANE_WORDS[field];
    const empty = words?.empty ?? "drop what is to be repeated here";
    const list = new ItemList({ owner: this.id, field }, empty, this.tower);
    if (words === undefined) return { box: list.element, list };
    const title = h("div", { class: "lane-title", title: words.help }, words.title);
    return { box: h("div", { class: `lane ${field}` }, title, list.element), list };
  }

  preflight(): void {
    if (this.isAwake) this.face?.preflight();
  }

  live(): void {
    if (this.isAwake) this.face?.live();
  }

  /** Lights its card up, and of a repeat the mark of one copy. */
  light(isLit: boolean, copy: number | null): void {
    this.element.classList.toggle("lit", isLit);
    this.litCopy = isLit ? copy : null;
    if (this.isAwake) this.face?.light(this.litCopy);
  }

  destroy(): void {
    this.tower.sight.remove(this.element);
    for (const { list } of this.lists.values()) list.destroy();
    this.lists.clear();
  }
}
