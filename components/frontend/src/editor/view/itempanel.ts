/** The form of the selected item: its kind, its ready-made lanes, its fields. */

import { h, place, setAttribute, setStyle, setText } from "../../shared/dom";
import { createForm, type Form } from "../form/form";
import { recipesFor, shapeAt } from "../model/create";
import { find, isBlock, LANES } from "../model/tree";
import { shapeText } from "../model/words";
import type { Item, JsonObject, Recipe } from "../types";
import { kindOf } from "./card";
import { glyph } from "./icons";
import { heading } from "./palette";
import type { Panel } from "./rail";
import type { Scene } from "./scene";

export class ItemPanel implements Panel {
  readonly element = h("div", { class: "panel-item" });
  private shown = "";
  private form: Form | null = null;
  private recipes: Recipe[] = [];
  private readonly problems = h("div", { class: "problems" });
  private readonly facts = h("div", { class: "facts" });
  private readonly ready = h("div", { class: "ready" });
  private readonly set = h("fieldset", { class: "plain" });

  constructor(private readonly scene: Scene) {}

  update(): void {
    const { store, document } = this.scene;
    const item = store.selected === null ? undefined : find(document, store.selected)?.item;
    if (item === undefined) {
      this.shown = "";
      place(this.element, [h("p", { class: "note" }, "Select something in the tower to see its options.")]);
      return;
    }
    const key = `${item.id} ${item.kind}`;
    if (key !== this.shown) this.build(item);
    this.shown = key;
    this.set.disabled = store.readOnly;
    const problems = store.problemsOf(item.id);
    place(
      this.problems,
      problems.map((problem) => h("div", { class: "problem" }, `⚠ ${problem.message}`)),
    );
    this.drawFacts(item);
    this.drawRecipes(item);
    this.form?.update(item, problems);
  }

  private build(item: Item): void {
    const { scene } = this;
    const kind = kindOf(scene, item);
    this.recipes = [];
    place(this.ready, []);
    const id = item.id;
    const form = createForm(kind.schema, "", [], (value, settled) => scene.actions.setFields(id, value, settled));
    this.form = form;
    place(this.set, [this.ready, form.element]);
    const title = h(
      "div",
      { class: "item-title", title: `${kind.sentence}\n${kind.formula}` },
      h("span", { class: "form" }, glyph(kind.glyph)),
      kind.role === "block" ? this.kindSelect(item) : h("b", {}, kind.title),
      h("code", { title: "Its id in addresses" }, id),
    );
    setStyle(title, "--kind", kind.colour);
    place(this.element, [
      title,
      h("p", { class: "note" }, kind.sentence),
      h("code", { class: "formula" }, kind.formula),
      this.facts,
      this.problems,
      this.set,
    ]);
  }

  private kindSelect(item: Item): HTMLSelectElement {
    const kinds = Object.entries(this.scene.catalogue.kinds).filter(([, kind]) => kind.role === "block");
    const help = "Another kind keeps body and shortcut; its own options come back when you change back.";
    const select = h(
      "select",
      {
        title: help,
        "data-help": help,
        "data-help-title": "Kind of block",
        "aria-label": "Kind of block",
        disabled: this.scene.store.readOnly,
        onchange: () => this.scene.actions.swap(item.id, kinds[select.selectedIndex]?.[0] ?? item.kind),
      },
      ...kinds.map(([name, kind]) => h("option", { value: name }, kind.title)),
    );
    select.value = item.kind;
    return select;
  }

  private drawFacts(item: Item): void {
    const row = this.scene.store.analysis?.items[item.id];
    const copies = row && row.copies > 1 ? ` · ${row.copies} copies` : "";
    setText(
      this.facts,
      row?.in_shape
        ? `${shapeText(row.in_shape)} → ${shapeText(row.out_shape)} · ${row.num_parameters.toLocaleString("en-US")} parameters${copies}`
        : "",
    );
    setAttribute(this.facts, "title", "Input → output shape, trainable parameters of all copies");
  }

  private drawRecipes(item: Item): void {
    const { scene } = this;
    if (!isBlock(item)) return;
    const lanes = LANES.map((lane) => {
      const inside = { list: { owner: item.id, field: lane }, index: 0 };
      const shape = shapeAt(scene.document, scene.catalogue, scene.store.analysis, inside);
      return recipesFor(scene.catalogue, item.kind, lane, shape);
    });
    const all = lanes.flat();
    if (all.length === this.recipes.length && all.every((recipe, index) => recipe === this.recipes[index])) return;
    this.recipes = all;
    const rows = LANES.map((lane, index) => {
      const recipes = lanes[index] ?? [];
      const help = `Replaces the ${lane} by a ready-made one; the layers can then be changed one by one.`;
      const select: HTMLSelectElement = h(
        "select",
        {
          "aria-label": `Ready-made ${lane}`,
          onchange: () => {
            const recipe = recipes[select.selectedIndex - 1];
            select.selectedIndex = 0;
            if (!recipe) return;
            scene.actions.recipe(item.id, recipe);
            scene.store.setOpen(item.id, true);
          },
        },
        h("option", {}, "choose …"),
        ...recipes.map((recipe) => h("option", { title: recipe.sentence }, recipe.title)),
      );
      const explained = { title: help, "data-help": help, "data-help-title": `Ready-made ${lane}` };
      return h("div", { class: "row choice", ...explained }, h("label", {}, `New ${lane}`), select);
    });
    place(this.ready, [heading("Ready-made", "Layers that often stand together"), ...rows]);
  }
}

/** A panel that is one or more forms for parts of the document. */
export class PartPanel implements Panel {
  readonly element = h("div", { class: "panel-part" });
  private readonly set = h("fieldset", { class: "plain" });
  private readonly forms: { part: "data" | "training" | "network"; form: Form }[] = [];
  private built = false;

  constructor(
    private readonly scene: Scene,
    private readonly parts: { part: "data" | "training" | "network"; title: string; help: string }[],
    private readonly extra: Panel | null = null,
  ) {}

  update(): void {
    const { document, store } = this.scene;
    if (!this.built) this.build();
    this.set.disabled = store.readOnly;
    const problems = store.analysis?.problems ?? [];
    for (const { part, form } of this.forms) form.update(document[part] as JsonObject, problems);
    this.extra?.update();
  }

  private build(): void {
    const { catalogue, actions } = this.scene;
    this.built = true;
    const content: HTMLElement[] = [];
    for (const { part, title, help } of this.parts) {
      const schema = catalogue.forms[part];
      if (schema === undefined) continue;
      const form = createForm(schema, part, [], (value, settled) => actions.setPart(part, value, settled));
      this.forms.push({ part, form });
      content.push(heading(title, help), form.element);
      if (this.extra && part === "training") content.splice(1, 0, this.extra.element);
    }
    this.set.append(...content);
    this.element.append(this.set);
  }
}
