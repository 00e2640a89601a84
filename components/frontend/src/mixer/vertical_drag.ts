/** Dragging a thumb along a vertical track, by mouse and touch: a thumb does not jump under the hand that grips it. */

import { setAttribute } from "../shared/dom";

interface Parts {
  element: HTMLElement;
  track: HTMLElement;
  thumb: HTMLElement;
}

export interface DragEvents {
  /** Whether a drag may begin. */
  mayBegin(): boolean;
  /** Where the thumb's middle is, in [0, 1] from the bottom. */
  height(): number;
  move(height: number): void;
  end?(): void;
}

export class VerticalDrag {
  /** Where the thumb was gripped, in heights above its middle; null while nothing is dragged. */
  private grip: number | null = null;
  private pointer = -1;
  private readonly onMove = (event: PointerEvent) => event.pointerId === this.pointer && this.drag(event);
  private readonly onRelease = (event: PointerEvent) => event.pointerId === this.pointer && this.release();

  constructor(
    private readonly parts: Parts,
    private readonly events: DragEvents,
  ) {
    parts.element.addEventListener("pointerdown", (event) => this.press(event));
  }

  destroy(): void {
    this.listen(false);
  }

  private press(event: PointerEvent): void {
    const { element, thumb } = this.parts;
    if (!this.events.mayBegin() || this.grip !== null || event.button !== 0) return;
    // Keeps the focus ring and text selection out of it; the focus itself is wanted for the keys.
    event.preventDefault();
    element.focus({ preventScroll: true });
    this.pointer = event.pointerId;
    this.listen(true);
    const isOnThumb = event.composedPath().includes(thumb);
    this.grip = isOnThumb ? this.heightOf(event) - this.events.height() : 0;
    setAttribute(element, "data-dragged", true);
    if (!isOnThumb) this.drag(event);
  }

  /** Not by capturing the pointer, which would end when Streamlit mounts the mixer anew. */
  private listen(isDragged: boolean): void {
    const change = isDragged ? window.addEventListener : window.removeEventListener;
    change("pointermove", this.onMove);
    change("pointerup", this.onRelease);
    change("pointercancel", this.onRelease);
  }

  private drag(event: PointerEvent): void {
    if (this.grip !== null) this.events.move(this.heightOf(event) - this.grip);
  }

  private release(): void {
    this.listen(false);
    this.grip = null;
    setAttribute(this.parts.element, "data-dragged", false);
    this.events.end?.();
  }

  private heightOf(event: PointerEvent): number {
    const box = this.parts.track.getBoundingClientRect();
    return (box.bottom - event.clientY) / box.height;
  }
}
