/** What can be done with the selected runs: their names, tags and notes, drawing, deleting. */

import { h, setAttribute, setHidden, setText } from "../../shared/dom";
import { commonTags, parseTags, retagged } from "./tags";
import type { TableRow } from "./types";

const MAX_NAME = 120;
const MAX_NOTES = 4000;
const LIVE = ["starting", "running", "paused"];

export interface DetailEvents {
  rename(id: string, name: string): void;
  retag(tags: Record<string, string[]>): void;
  note(id: string, notes: string): void;
  draw(ids: string[]): void;
  front(id: string): void;
  remove(ids: string[]): void;
  restore(ids: string[]): void;
}

/** Why these runs cannot be deleted; empty if they can. */
export function whyKept(rows: readonly TableRow[]): string {
  const live = rows.filter((row) => LIVE.includes(row.status));
  if (live.length === 0) return "";
  const names = live.slice(0, 3).map((row) => `#${row.number}`);
  const are = live.length === 1 ? `${names[0]} is ${live[0]!.status}` : `${names.join(", ")} are not at their end`;
  return `${are}: stop ${live.length === 1 ? "it" : "them"} before deleting.`;
}

export class Details {
  readonly element: HTMLElement;
  private readonly title = h("span", { class: "rt-chosen" });
  private readonly name = h("input", { class: "rt-name", maxlength: MAX_NAME, spellcheck: "false" });
  private readonly tags = h("input", { class: "rt-tags", placeholder: "none; commas between", spellcheck: "false" });
  private readonly notes = h("textarea", { class: "rt-notes", rows: 2, maxlength: MAX_NOTES, placeholder: "none" });
  private readonly nameField = h("label", {}, "Name", this.name);
  private readonly tagField = h("label", {}, "Tags", this.tags);
  private readonly noteField = h("label", { class: "rt-wide" }, "Notes", this.notes);
  private readonly front = this.button("To the top bar", () => this.events.front(this.rows[0]!.id));
  private readonly drawing = this.button("Draw", () => this.events.draw(this.ids()));
  private readonly remove = this.button("Delete", () => this.events.remove(this.ids()));
  private readonly restore = this.button("Restore", () => this.events.restore(this.ids()));
  private readonly reason = h("span", { class: "rt-reason" });
  private rows: TableRow[] = [];
  /** Whose a field is, from the focus on: the selection may change before it is left. */
  private edited: TableRow[] = [];

  constructor(private readonly events: DetailEvents) {
    const presses = h("div", { class: "rt-presses" }, this.front, this.drawing, this.remove, this.restore);
    this.element = h(
      "div",
      { class: "rt-details" },
      h("div", { class: "rt-line" }, this.title, this.reason, presses),
      h("div", { class: "rt-fields" }, this.nameField, this.tagField, this.noteField),
    );
    this.field(this.name, () => {
      const [row] = this.edited;
      const name = this.name.value.replace(/\s+/g, " ").trim();
      if (row !== undefined && name !== "" && name !== row.name) this.events.rename(row.id, name);
    });
    this.field(this.notes, () => {
      const [row] = this.edited;
      const notes = this.notes.value.trim();
      if (row !== undefined && notes !== row.notes) this.events.note(row.id, notes);
    });
    this.field(this.tags, () => this.retag());
  }

  draw(rows: TableRow[], shown: readonly string[], most: number): void {
    this.rows = rows;
    const [row] = rows;
    const isOne = rows.length === 1;
    const isDeleted = row !== undefined && row.deleted_at !== null;
    setAttribute(this.element, "data-empty", rows.length === 0);
    setText(
      this.title,
      row === undefined
        ? "Select a run: its name, tags and notes stand here. Space draws it, F2 renames, Delete deletes."
        : isOne
          ? `Run #${row.number}`
          : `${rows.length} runs`,
    );
    for (const field of [this.nameField, this.noteField]) setHidden(field, !isOne);
    setHidden(this.tagField, row === undefined);
    this.write(this.name, row?.name ?? "");
    this.write(this.notes, row?.notes ?? "");
    this.write(this.tags, commonTags(rows.map((each) => each.tags)).join(", "));
    for (const field of [this.name, this.notes, this.tags]) setAttribute(field, "disabled", isDeleted);
    const areShown = rows.length > 0 && rows.every((each) => shown.includes(each.id));
    const more = rows.filter((each) => !shown.includes(each.id)).length;
    setText(this.drawing, areShown ? "Leave out" : "Draw");
    this.state(this.drawing, rows.length > 0 && !isDeleted, !areShown && shown.length + more > most, "");
    setAttribute(
      this.drawing,
      "title",
      areShown ? "Not in the charts any more" : `In the charts, at most ${most} at once`,
    );
    this.state(this.front, isOne && !isDeleted, shown[0] === row?.id, "");
    setAttribute(this.front, "title", "Top bar, rates and the charts of a single run are this run's then");
    const why = whyKept(rows);
    this.state(
      this.remove,
      rows.length > 0 && !isDeleted,
      why !== "",
      why || "Off the list; it can be restored (Delete)",
    );
    this.state(this.restore, isDeleted, false, "Back on the list, as it was");
    setText(this.reason, isOne && row !== undefined ? [row.status, row.reason].filter(Boolean).join(": ") : "");
  }

  /** For F2. */
  editName(): void {
    if (this.nameField.hidden) return;
    this.name.focus();
    this.name.select();
  }

  private retag(): void {
    const before = commonTags(this.edited.map((row) => row.tags));
    const after = parseTags(this.tags.value);
    if (this.edited.length === 0 || JSON.stringify(before) === JSON.stringify(after)) return;
    this.events.retag(Object.fromEntries(this.edited.map((row) => [row.id, retagged(row.tags, before, after)])));
  }

  private ids(): string[] {
    return this.rows.map((row) => row.id);
  }

  /** What is typed is sent when the field is left or Enter is pressed; Escape takes it back. */
  private field(field: HTMLInputElement | HTMLTextAreaElement, commit: () => void): void {
    let before = "";
    let isDone = true;
    const finish = () => {
      if (isDone) return;
      isDone = true;
      commit();
    };
    field.addEventListener("focus", () => {
      this.edited = this.rows;
      before = field.value;
      isDone = false;
    });
    field.addEventListener("blur", finish);
    (field as HTMLElement).addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && !(field instanceof HTMLTextAreaElement && !event.ctrlKey && !event.metaKey)) {
        event.preventDefault();
        finish();
        isDone = false;
      } else if (event.key === "Escape" && field.value !== before) {
        event.preventDefault();
        event.stopPropagation();
        field.value = before;
      }
    });
  }

  /** Not under a hand. */
  private write(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
    const isTyping = (field.getRootNode() as ShadowRoot).activeElement === field;
    if (!isTyping && field.value !== text) field.value = text;
  }

  private button(text: string, press: () => void): HTMLButtonElement {
    return h("button", { type: "button", onclick: press }, text);
  }

  private state(button: HTMLButtonElement, isThere: boolean, isOff: boolean, title: string): void {
    setHidden(button, !isThere);
    setAttribute(button, "disabled", isOff);
    if (title !== "") setAttribute(button, "title", title);
  }
}
