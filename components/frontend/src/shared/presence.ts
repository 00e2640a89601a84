/** What an element loses while it is off the page: its focus, and how far it was scrolled. */

interface Place {
  left: number;
  top: number;
}

export class Presence {
  private focused: HTMLElement | null = null;
  private readonly scrolled = new Map<Element, Place>();

  constructor(private readonly root: HTMLElement) {
    root.addEventListener("focusin", (event) => (this.focused = event.target as HTMLElement));
    // Afterwards, because an element that is taken away loses its focus too, and that is no wish of the person's.
    root.addEventListener("focusout", () => queueMicrotask(() => this.blur()));
    root.addEventListener("scroll", (event) => this.note(event.target as Element), { capture: true, passive: true });
  }

  /** Once the root is on the page again; what is not seen yet, for want of its style sheet, takes neither. */
  restore(): void {
    if (!this.root.isConnected) return;
    if (getComputedStyle(this.root).visibility !== "visible") {
      requestAnimationFrame(() => this.restore());
      return;
    }
    for (const [element, place] of this.scrolled) {
      if (this.root.contains(element)) element.scrollTo({ ...place, behavior: "instant" });
      else this.scrolled.delete(element);
    }
    const isFree = document.activeElement === null || document.activeElement === document.body;
    if (isFree && this.root.contains(this.focused)) this.focused?.focus({ preventScroll: true });
  }

  private blur(): void {
    const { activeElement } = this.root.getRootNode() as Document | ShadowRoot;
    if (this.root.isConnected && !this.root.contains(activeElement)) this.focused = null;
  }

  private note(element: Element): void {
    if (this.root.isConnected) this.scrolled.set(element, { left: element.scrollLeft, top: element.scrollTop });
  }
}
