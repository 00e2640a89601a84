/** One list of items, drawn by key; also a place to drop. */

import { h, place } from "../../shared/dom";
import { type ListRef, listKey } from "../model/tree";
import type { Item } from "../types";
import type { Tower } from "./tower";

export class ItemList {
  readonly element: HTMLElement;
  private readonly stopDragging: () => void;

  constructor(
    readonly list: ListRef,
    empty: string,
    private readonly tower: Tower,
  ) {
    this.element = h("div", {
      class: `list ${list.field}`,
      role: "group",
      "data-list": listKey(list),
      "data-empty": empty,
    });
    this.stopDragging = tower.drag.addList(this.element);
  }

  update(items: readonly Item[], level: number): void {
    const nodes = items.map((item) => this.tower.nodeFor(item));
    place(
      this.element,
      nodes.map((node) => node.element),
    );
    items.forEach((item, index) => nodes[index]?.update(item, level));
  }

  destroy(): void {
    this.stopDragging();
  }
}
