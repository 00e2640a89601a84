/** What floats beside a control, in the top layer, so that no container of the page cuts it off. */

const GAP_PX = 6;
const EDGE_PX = 8;

/** Puts an open popover under its anchor, within the window. */
export function placeUnder(popover: HTMLElement, anchor: Element, align: "start" | "end"): void {
  const box = anchor.getBoundingClientRect();
  placeAt(popover, align === "start" ? box.left : box.right - popover.offsetWidth, box.bottom);
}

/** Puts an open popover under a point of the window, within it. */
export function placeAt(popover: HTMLElement, x: number, y: number): void {
  const left = Math.max(EDGE_PX, Math.min(x, window.innerWidth - popover.offsetWidth - EDGE_PX));
  popover.style.left = `${left}px`;
  popover.style.top = `${y + GAP_PX}px`;
}

/** A popover that its button opens and closes; Escape and a click elsewhere close it. */
export function attachPopover(button: HTMLButtonElement, popover: HTMLElement, anchor: Element): void {
  popover.popover = "auto";
  // The button's own relation to it, rather than a click listener: a click on the button of an open popover closes it.
  button.popoverTargetElement = popover;
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  popover.addEventListener("toggle", (event) => {
    const isOpen = (event as ToggleEvent).newState === "open";
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) placeUnder(popover, anchor, "end");
  });
}

/** A tip for a control that cannot be pressed: on hover, focus and click, since a title is out of reach for touch. */
export class Tip {
  private text = "";

  constructor(
    private readonly anchor: HTMLElement,
    private readonly element: HTMLElement,
  ) {
    element.popover = "manual";
    for (const name of ["mouseenter", "focus", "click"]) anchor.addEventListener(name, () => this.show());
    for (const name of ["mouseleave", "blur"]) anchor.addEventListener(name, () => this.hide());
    anchor.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.hide();
    });
  }

  /** An empty text means that there is nothing to say. */
  say(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.element.textContent = text;
    if (text === "") this.hide();
  }

  private show(): void {
    if (this.text === "" || this.element.matches(":popover-open")) return;
    this.element.showPopover();
    placeUnder(this.element, this.anchor, "start");
  }

  private hide(): void {
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }
}
