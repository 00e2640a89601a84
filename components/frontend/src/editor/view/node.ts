/** An item in the tower: its card, its skip, its problems and the lists inside it. Kept by id over every edit. */

import { h, place, setAttribute, setHidden, setStyle } from "../../shared/dom";
import { children, isBlock, isRepeat, listFields, type ListRef } from "../model/tree";
import type { Arc, Item, Live, Preflight, Problem } from "../types";
import { arcElement } from "./arc";
import { Card, kindOf } from "./card";
import { ItemList } from "./list";
import { Times } from "./repeat";
import type { Scene } from "./scene";
import type { Tower } from "./tower";

const LANE_WORDS: Record<string, { title: string; help: string; empty: string }> = {
  body: { title: "body F", help: "The layers that transform the input", empty: "drop a layer here" },
  shortcut: { title: "shortcut S", help: "The layers on the way around the body", empty: "identity" },
};

/** Repeats, blocks and layers are built differently. */
type Form = "repeat" | "block" | "layer";

export function formOf(item: Item): Form {
  if (isRepeat(item)) return "repeat";
  return isBlock(item) ? "block" : "layer";
}

export class ItemNode {
  readonly form: Form;
  readonly element: HTMLElement;
  readonly card: Card;
  private readonly times: Times | null;
  private readonly lists = new Map<ListRef["field"], { box: HTMLElement; list: ItemList }>();
  private readonly inside = h("div", { class: "inside" });
  private readonly problems = h("div", { class: "problems" });
  private arc: HTMLElement | null = null;
  private arcKind: Arc | null = null;
  private shownProblems: readonly Problem[] | null = null;
  private drawn: readonly unknown[] = [];

  constructor(
    readonly id: string,
    item: Item,
    private readonly scene: Scene,
    private readonly tower: Tower,
  ) {
    this.form = formOf(item);
    this.times = isRepeat(item) ? new Times(id, scene) : null;
    this.card = new Card(id, scene, this.times?.element ?? null);
    this.element = h(
      "div",
      {
        class: `node ${this.form}`,
        role: "treeitem",
        tabindex: -1,
        "data-id": id,
      },
      this.card.element,
      this.problems,
      this.inside,
    );
    setHidden(this.problems, true);
  }

  update(item: Item, level: number): void {
    const { scene } = this;
    const { store } = scene;
    const open = store.isOpenItem(item);
    // Whatever the card shows; equal parts mean that it is up to date.
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
    if (!parts.every((part, index) => part === this.drawn[index])) this.draw(item, level, open);
    this.drawn = parts;
    this.drawInside(item, open, level);
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
    const holds = isBlock(item) || isRepeat(item);
    setAttribute(element, "aria-expanded", holds ? String(open) : null);
    element.classList.toggle("selected", selected);
    element.classList.toggle("bypassed", item["bypassed"] === true);
    element.classList.toggle("broken", kind.arc === "broken");
    this.card.update(scene, item, open);
    this.times?.update(scene, item);
    if (kind.arc !== this.arcKind && !isRepeat(item)) {
      const arc = arcElement(kind.arc);
      if (this.arc) this.arc.replaceWith(arc);
      else element.append(arc);
      this.arc = arc;
      this.arcKind = kind.arc;
    }
    this.drawProblems(store.problemsOf(this.id));
  }

  private label(item: Item, title: string): string {
    const row = this.scene.store.analysis?.items[item.id];
    const shape = row?.in_shape ? `, ${row.in_shape.join(" by ")} to ${row.out_shape?.join(" by ") ?? "unknown"}` : "";
    const parameters = row ? `, ${row.num_parameters} parameters` : "";
    const times = isRepeat(item) ? `, ${String(item["times"])} times` : "";
    const problems = this.scene.store.problemsOf(item.id).length > 0 ? ", has a problem" : "";
    return `${title}${times}${item["bypassed"] === true ? ", bypassed" : ""}${shape}${parameters}${problems}`;
  }

  private drawProblems(problems: readonly Problem[]): void {
    if (problems === this.shownProblems) return;
    this.shownProblems = problems;
    setHidden(this.problems, problems.length === 0);
    this.element.classList.toggle("wrong", problems.length > 0);
    place(
      this.problems,
      problems.map((problem) => h("div", { class: "problem" }, `⚠ ${problem.message}`)),
    );
  }

  private drawInside(item: Item, open: boolean, level: number): void {
    const fields = open ? listFields(item) : [];
    if (fields.length === 0 && this.lists.size === 0) {
      setHidden(this.inside, true);
      return;
    }
    for (const [field, { box, list }] of this.lists) {
      if (fields.includes(field)) continue;
      list.destroy();
      box.remove();
      this.lists.delete(field);
    }
    setHidden(this.inside, fields.length === 0);
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

  preflight(found: Preflight | null): void {
    this.card.preflight(found);
  }

  live(live: Live | null): void {
    this.card.live(live);
    this.times?.live(live);
  }

  /** Lights its card up, and of a repeat the mark of one copy. */
  light(isLit: boolean, copy: number | null): void {
    this.element.classList.toggle("lit", isLit);
    this.times?.light(isLit ? copy : null);
  }

  destroy(): void {
    for (const { list } of this.lists.values()) list.destroy();
    this.lists.clear();
  }
}
