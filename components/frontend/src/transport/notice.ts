/** What the server has to say, over the help under palette and tower: with a remedy where there is one, until it is dismissed. */

import { h, setAttribute, setText } from "../shared/dom";
import { drawIcon, icon } from "./icons";
import type { Notice, Send } from "./types";

/** A plain word of information leaves by itself; what asks for something stays. */
const INFO_MS = 8000;
const KIND_WORDS = { info: "Note", warning: "Warning", error: "Error" } as const;

export class NoticeBox {
  readonly element: HTMLElement;
  private readonly icon = icon("info");
  private readonly kind = h("span", { class: "hr-hidden" });
  private readonly text = h("span", { class: "tp-notice-text" });
  private readonly action = h("button", { type: "button", class: "tp-notice-action", onclick: () => this.act() });
  private readonly elsewhere = h(
    "button",
    { type: "button", class: "tp-notice-action", onclick: () => this.send("open_experiments") },
    "Other experiments",
  );
  private notice: Notice | null = null;
  private dismissed: Notice["id"] | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: Send) {
    const close = h(
      "button",
      { type: "button", class: "tp-quiet", title: "Dismiss", "aria-label": "Dismiss", onclick: () => this.dismiss() },
      icon("cross"),
    );
    const body = h("div", { class: "tp-notice-body" }, this.kind, this.text);
    this.element = h(
      "div",
      { class: "tp-notice", popover: "manual" },
      this.icon,
      body,
      this.action,
      this.elsewhere,
      close,
    );
    this.element.addEventListener("mouseenter", () => clearTimeout(this.timer));
    this.element.addEventListener("mouseleave", () => this.expire());
  }

  update(notice: Notice | null): void {
    const isNew = notice !== null && notice.id !== this.notice?.id && notice.id !== this.dismissed;
    if (notice === null || notice.id === this.dismissed) {
      this.notice = null;
      this.hide();
      return;
    }
    this.notice = notice;
    setAttribute(this.element, "data-kind", notice.kind);
    setAttribute(this.element, "role", notice.kind === "error" ? "alert" : "status");
    drawIcon(this.icon, notice.kind === "info" ? "info" : notice.kind === "warning" ? "warning" : "cross");
    setText(this.kind, `${KIND_WORDS[notice.kind]}: `);
    setText(this.text, notice.text);
    setText(this.action, notice.action?.title ?? "");
    setAttribute(this.action, "hidden", notice.action === null);
    setAttribute(this.elsewhere, "hidden", !notice.elsewhere);
    if (!isNew) return;
    if (!this.element.matches(":popover-open")) this.element.showPopover();
    this.expire();
  }

  destroy(): void {
    clearTimeout(this.timer);
  }

  private expire(): void {
    clearTimeout(this.timer);
    if (this.notice?.kind === "info" && this.notice.action === null) {
      this.timer = setTimeout(() => this.dismiss(), INFO_MS);
    }
  }

  private act(): void {
    if (this.notice !== null) this.leave("notice_action", this.notice.id);
  }

  private dismiss(): void {
    if (this.notice !== null) this.leave("dismiss", this.notice.id);
  }

  private leave(kind: "dismiss" | "notice_action", id: Notice["id"]): void {
    this.dismissed = id;
    this.notice = null;
    this.hide();
    this.send(kind, { id });
  }

  private hide(): void {
    clearTimeout(this.timer);
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }
}
