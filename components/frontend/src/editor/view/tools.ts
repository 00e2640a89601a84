/** The small toolbar on the card under the pointer, else on the selected one. One for the whole tower. */

import { h, setHidden } from "../../shared/dom";
import { find, isBlock, isRepeat } from "../model/tree";
import { icon, type IconName } from "./icons";
import type { Scene } from "./scene";

export class Tools {
  readonly element: HTMLElement;
  private id: string | null = null;
  private readonly bypass: HTMLButtonElement;
  private readonly wrap: HTMLButtonElement;
  private readonly unwrap: HTMLButtonElement;

  constructor(private readonly scene: Scene) {
    const { actions } = scene;
    const button = (name: IconName, title: string, act: (id: string) => void) =>
      h(
        "button",
        {
          type: "button",
          title,
          "aria-label": title,
          tabindex: -1,
          onclick: (event: Event) => {
            event.stopPropagation();
            if (this.id !== null) act(this.id);
          },
        },
        icon(name),
      );
    this.bypass = button("bypass", "Bypass, or put back (B): absent from the network without being deleted", (id) =>
      actions.bypass(id),
    );
    this.wrap = button("wrap", "Repeat: put it into a repeat", (id) => actions.wrap(id));
    this.unwrap = button("unwrap", "Take the items out and remove the repeat", (id) => actions.unwrap(id));
    this.element = h(
      "div",
      { class: "tools" },
      this.bypass,
      this.wrap,
      this.unwrap,
      button("duplicate", "Duplicate (Ctrl or ⌘ D)", (id) => actions.duplicate(id)),
      button("remove", "Delete (Del)", (id) => actions.remove(id)),
    );
  }

  /** Stands on this item's card, but in its node: the card is not painted outside its box. */
  attach(id: string | null, node: HTMLElement | null): void {
    const found = id === null ? null : find(this.scene.document, id);
    this.id = id;
    if (found === null || node === null || this.scene.store.readOnly) {
      this.element.remove();
      return;
    }
    setHidden(this.bypass, !isBlock(found.item));
    setHidden(this.wrap, found.place.list.field !== "items");
    setHidden(this.unwrap, !isRepeat(found.item));
    if (this.element.parentNode !== node) node.append(this.element);
  }
}
