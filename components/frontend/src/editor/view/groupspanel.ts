/** The parameter groups: who takes which parameters, at which rate. The first rule that matches wins. */

import { h, place, setAttribute, setHidden, setStyle, setText } from "../../shared/dom";
import { createForm, type Form } from "../form/form";
import { resolve } from "../form/schema";
import { nameProblem } from "../model/groups";
import { same } from "../model/kinds";
import { countText, numberText, ruleText } from "../model/words";
import type { Group, Grouping, Schema } from "../types";
import { icon } from "./icons";
import { NewGroup } from "./newgroup";
import { heading } from "./palette";
import type { Panel } from "./rail";
import type { Scene } from "./scene";

class GroupRow {
  readonly element: HTMLElement;
  private readonly dot = h("i", { class: "dot" });
  private readonly name = h("b");
  private readonly count = h("span", { class: "number", title: "Trainable parameters in this group" });
  private readonly rule = h("div", { class: "rule" });
  private readonly head: HTMLElement;
  private readonly up: HTMLButtonElement;
  private readonly down: HTMLButtonElement;
  private readonly remove: HTMLButtonElement;
  private readonly body = h("fieldset", { class: "plain" });
  private readonly complaint = h("div", { class: "problem", role: "alert" });
  private form: { form: Form; isLast: boolean } | null = null;

  constructor(
    private readonly scene: Scene,
    private readonly index: number,
    toggle: () => void,
  ) {
    const { actions } = scene;
    const button = (name: "up" | "down" | "remove", title: string, act: () => void) =>
      h("button", { type: "button", title, "aria-label": title, onclick: act }, icon(name));
    this.up = button("up", "Earlier: its rule is asked before", () => actions.moveGroup(index, -1));
    this.down = button("down", "Later: its rule is asked after", () => actions.moveGroup(index, 1));
    this.remove = button("remove", "Remove this group; its parameters fall to the next rule that matches", () =>
      actions.removeGroup(index),
    );
    this.head = h(
      "button",
      { type: "button", class: "group-head", title: "Open or close this group's form", onclick: toggle },
      this.dot,
      this.name,
      this.count,
    );
    this.element = h("div", { class: "group-row" }, this.head, this.rule, this.body);
  }

  update(group: Group, open: boolean): void {
    const { scene, index } = this;
    const { store, document } = scene;
    const schema = scene.catalogue.forms["group"];
    const isLast = index === document.groups.length - 1;
    setStyle(this.dot, "--dot", group.colour);
    setText(this.name, group.name);
    const counted = store.analysis?.groups[index];
    setText(this.count, counted ? countText(counted.num_parameters) : "");
    const ruleSchema = schema?.properties?.["rule"];
    const rule = ruleText(group.rule, ruleSchema && schema ? resolve(ruleSchema, schema) : null);
    const rate = numberText(Number(group["learning_rate"] ?? 0));
    setText(this.rule, `${rule} · rate ${rate}${group["frozen"] === true ? " · frozen" : ""}`);
    setAttribute(this.head, "aria-expanded", String(open));
    setHidden(this.body, !open);
    this.body.disabled = store.readOnly;
    this.up.disabled = isLast || index === 0;
    this.down.disabled = isLast || index >= document.groups.length - 2;
    this.remove.disabled = isLast;
    if (!open || schema === undefined) return;
    if (this.form?.isLast !== isLast) this.build(schema, isLast);
    this.form?.form.update(group, store.analysis?.problems ?? []);
  }

  private build(schema: Schema, isLast: boolean): void {
    const { scene, index } = this;
    const form = createForm(schema, `groups.${index}`, isLast ? ["rule"] : [], (value, settled) => {
      const why = nameProblem(scene.document.groups, index, String(value["name"] ?? ""));
      setHidden(this.complaint, why === null);
      setText(this.complaint, why === null ? "" : `⚠ ${why}`);
      const before = scene.document.groups[index];
      // A name that cannot be stays in the field and is not sent; the other fields are.
      scene.actions.setGroup(index, why === null ? value : { ...value, name: before?.name ?? "" }, settled);
    });
    setHidden(this.complaint, true);
    this.form = { form, isLast };
    place(this.body, [
      this.complaint,
      form.element,
      isLast ? h("p", { class: "note" }, "The last group takes every parameter that no rule above took.") : this.pick(),
      h("div", { class: "buttons" }, this.up, this.down, this.remove),
    ]);
  }

  /** The rule's items are ids; the selection in the tower is the easy way to name them. */
  private pick(): HTMLElement {
    return h(
      "button",
      {
        type: "button",
        title: "Add the item that is selected in the tower to this rule's items, or take it out",
        onclick: () => {
          const { store, actions, document } = this.scene;
          const group = document.groups[this.index];
          if (store.selected === null || group === undefined) {
            store.announce("Select an item in the tower first.");
            return;
          }
          const items = Array.isArray(group.rule["items"]) ? group.rule["items"] : [];
          const without = items.filter((id) => id !== store.selected);
          const next = without.length < items.length ? without : [...items, store.selected];
          actions.setGroup(this.index, { rule: { ...group.rule, items: next } }, true);
        },
      },
      "± selected item",
    );
  }
}

export class GroupsPanel implements Panel {
  readonly element = h("div", { class: "panel-groups" });
  private readonly list = h("div", { class: "group-list" });
  private readonly ready = h("div", { class: "chip-sources" });
  private readonly fresh: NewGroup;
  private rows: GroupRow[] = [];
  private open: number | null = null;
  private groupings: unknown = null;

  constructor(private readonly scene: Scene) {
    this.fresh = new NewGroup(scene, () => {
      this.open = 0;
    });
    place(this.element, [
      heading("Groups", "Each parameter belongs to the first group whose rule matches"),
      this.list,
      heading(
        "New group for",
        "A group of its own for some parameters; it comes before the others and takes them first",
      ),
      this.fresh.element,
      heading("Ready-made", "Replaces all groups by one click"),
      this.ready,
    ]);
  }

  update(): void {
    const { document, store } = this.scene;
    const { groups } = document;
    while (this.rows.length < groups.length) {
      const index = this.rows.length;
      this.rows.push(
        new GroupRow(this.scene, index, () => {
          this.open = this.open === index ? null : index;
          this.update();
        }),
      );
    }
    this.rows.length = groups.length;
    place(
      this.list,
      this.rows.map((row) => row.element),
    );
    groups.forEach((group, index) => this.rows[index]?.update(group, this.open === index));
    this.fresh.update();
    const groupings = store.analysis?.groupings ?? [];
    if (!same(this.groupings, groupings)) this.drawGroupings(groupings);
    for (const button of this.ready.querySelectorAll("button")) button.disabled = store.readOnly;
  }

  private drawGroupings(groupings: readonly Grouping[]): void {
    const { actions } = this.scene;
    this.groupings = groupings;
    place(
      this.ready,
      groupings.map((grouping) =>
        h(
          "button",
          {
            type: "button",
            title: grouping.sentence,
            "data-help": grouping.sentence,
            "data-help-title": grouping.title,
            onclick: () => {
              this.open = null;
              actions.grouping(grouping);
            },
          },
          grouping.title,
        ),
      ),
    );
  }
}
