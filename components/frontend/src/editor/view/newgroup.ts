/** What a new group can be for: the selected item, and every word that a rule knows. */

import { h, place, setAttribute } from "../../shared/dom";
import { resolve, shownProperties } from "../form/schema";
import { wordOf } from "../model/words";
import type { JsonObject, Schema } from "../types";
import type { Scene } from "./scene";

const FOR_ITEM = "Takes the parameters of the item that is selected in the tower";

export class NewGroup {
  readonly element = h("div", { class: "chip-sources" });
  private readonly forItem: HTMLButtonElement;
  private words: HTMLButtonElement[] = [];
  private drawn: Schema | null = null;

  constructor(
    private readonly scene: Scene,
    private readonly added: () => void,
  ) {
    this.forItem = this.chip("selected item", FOR_ITEM, () => {
      const { selected } = scene.store;
      if (selected !== null) this.add({ items: [selected] }, scene.actions.titleOf(selected).toLowerCase());
    });
  }

  update(): void {
    const { store, catalogue } = this.scene;
    const schema = catalogue.forms["group"];
    if (schema !== undefined && schema !== this.drawn) this.build(schema);
    for (const button of this.words) button.disabled = store.readOnly;
    this.forItem.disabled = store.readOnly || store.selected === null;
    setAttribute(this.forItem, "title", store.selected === null ? "Select an item in the tower first" : FOR_ITEM);
  }

  private build(schema: Schema): void {
    this.drawn = schema;
    const rule = resolve(schema.properties?.["rule"] ?? {}, schema);
    const everything = (rule.default ?? {}) as JsonObject;
    this.words = shownProperties(rule, schema).flatMap(([name, { field, title, help }]) =>
      field.type !== "flags"
        ? []
        : field.options.map((word) =>
            this.chip(wordOf(word), `${title}: ${wordOf(word)}. ${help}`, () =>
              this.add({ ...everything, [name]: [word] }, wordOf(word)),
            ),
          ),
    );
    place(this.element, [this.forItem, ...this.words]);
  }

  private add(rule: JsonObject, name: string): void {
    this.added();
    this.scene.actions.addGroup(rule, name);
  }

  private chip(text: string, help: string, onclick: () => void): HTMLButtonElement {
    const title = `New group for: ${text}`;
    const explained = { title: help, "data-help": help, "data-help-title": title, "aria-label": title };
    return h("button", { type: "button", ...explained, onclick }, text);
  }
}
