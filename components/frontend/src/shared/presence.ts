/** What an element loses while it is off the page: its focus, how far it was scrolled, the keys that were pressed meanwhile. */

interface Place {
  left: number;
  top: number;
}

export class Presence {
  private focused: HTMLElement | null = null;
  private readonly scrolled = new Map<Element, Place>();
  private pressed: KeyboardEvent[] = [];
  private isBack = true;
  private readonly onKey = (event: KeyboardEvent) => this.keep(event);

  constructor(private readonly root: HTMLElement) {
    root.addEventListener("focusin", (event) => this.focus(event.target as HTMLElement));
    // Afterwards, because an element that is taken away loses its focus too, and that is no wish of the person's.
    root.addEventListener("focusout", () => queueMicrotask(() => this.blur()));
    root.addEventListener("scroll", (event) => this.note(event.target as Element), { capture: true, passive: true });
  }

  /** Once the root is on the page again; what is not seen yet, for want of its style sheet, takes neither focus nor scrolling. */
  restore(): void {
    this.isBack = this.root.isConnected && getComputedStyle(this.root).visibility === "visible";
    if (!this.isBack) {
      requestAnimationFrame(() => this.root.isConnected && this.restore());
      return;
    }
    for (const element of this.scrolled.keys()) if (!this.root.contains(element)) this.scrolled.delete(element);
    const places = [...this.scrolled];
    scroll(places);
    // Again with the sizes that the page has once it is drawn.
    requestAnimationFrame(() => scroll(places));
    const { focused, pressed } = this;
    this.pressed = [];
    if (focused === null || !isFree()) return;
    if (this.root.contains(focused)) focused.focus({ preventScroll: true });
    for (const event of pressed) pressAgain(active(this.root) ?? focused, event);
  }

  end(): void {
    this.focused = null;
    this.pressed = [];
    window.removeEventListener("keydown", this.onKey, true);
  }

  private focus(element: HTMLElement): void {
    this.focused = element;
    window.addEventListener("keydown", this.onKey, true);
  }

  private blur(): void {
    if (this.isHere && !this.root.contains(active(this.root))) this.end();
  }

  private get isHere(): boolean {
    return this.isBack && this.root.isConnected;
  }

  private note(element: Element): void {
    if (this.isHere) this.scrolled.set(element, { left: element.scrollLeft, top: element.scrollTop });
  }

  private keep(event: KeyboardEvent): void {
    if (this.isHere || !isFree()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.pressed.push(event);
  }
}

function scroll(places: [Element, Place][]): void {
  for (const [element, place] of places) element.scrollTo({ ...place, behavior: "instant" });
}

/** Whether nothing on the page has the focus. */
function isFree(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function active(root: HTMLElement): HTMLElement | null {
  return (root.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement | null;
}

/** What a script dispatches has no effect of its own, so that the browser's part is done here. */
function pressAgain(target: HTMLElement, event: KeyboardEvent): void {
  if (!target.dispatchEvent(new KeyboardEvent(event.type, event))) return;
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (target.matches("button") && (event.key === "Enter" || event.key === " ")) target.click();
  else if (isPlain && event.key.length === 1 && target.matches("input, textarea")) insert(target, event.key);
}

function insert(target: HTMLElement, text: string): void {
  const field = target as HTMLInputElement | HTMLTextAreaElement;
  // Number fields know no selection.
  if (field.selectionStart === null) field.value += text;
  else field.setRangeText(text, field.selectionStart, field.selectionEnd ?? field.selectionStart, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, data: text, inputType: "insertText" }));
}
