/** A field with an address and a button that copies it. */

import { h, setAttribute, setHidden, setText } from "../shared/dom";
import type { View } from "../shared/mount";
import { addressOf, isOfThisMachine } from "./address";

export interface LinkData {
  query: string;
  title: string;
  note: string;
  /** Whether to say so if it works on this machine alone. */
  warns: boolean;
}

const SAID_MS = 4000;

export class LinkView implements View<LinkData> {
  private readonly title = h("label", { class: "ln-title", for: "ln-field" });
  private readonly note = h("div", { class: "ln-note" });
  private readonly local = h(
    "div",
    { class: "ln-note ln-local" },
    "This address works on this machine alone. For others, start the app by make share and open it under this machine's " +
      "name.",
  );
  private readonly field = h("input", { class: "ln-field", id: "ln-field", readonly: true, spellcheck: "false" });
  private readonly button = h(
    "button",
    { type: "button", class: "hr-primary", onclick: () => void this.copy() },
    "Copy",
  );
  private readonly said = h("span", { class: "ln-said", role: "status" });
  private readonly element: HTMLElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement) {
    const row = h("div", { class: "ln-row" }, this.field, this.button);
    this.element = h("div", { class: "ln-panel" }, this.title, row, this.said, this.note, this.local);
    this.field.addEventListener("focus", () => this.field.select());
    root.append(this.element);
  }

  update({ query, title, note, warns }: LinkData): void {
    const address = addressOf(window.location.href, query);
    setText(this.title, title);
    setText(this.note, note);
    setHidden(this.local, !warns || !isOfThisMachine(address));
    if (this.field.value !== address) this.field.value = address;
    setAttribute(this.field, "title", address);
    setAttribute(this.button, "aria-label", `Copy: ${title}`);
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.element.remove();
  }

  /** Over plain http browsers keep the clipboard from a page; an older command does it there, else the keys do. */
  private async copy(): Promise<void> {
    this.field.focus();
    this.field.select();
    const isCopied = (await writeToClipboard(this.field.value)) || copySelection();
    const keys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘ C" : "Ctrl C";
    setText(this.said, isCopied ? "Copied." : `It is selected: press ${keys} to copy it.`);
    clearTimeout(this.timer);
    if (isCopied) this.timer = setTimeout(() => setText(this.said, ""), SAID_MS);
  }
}

async function writeToClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // There is none, or the person or the browser does not allow it: the caller goes another way and says so.
    return false;
  }
}

function copySelection(): boolean {
  return document.execCommand("copy");
}
