/**
 * Dragging with SortableJS. The model is the only truth: while a drag lasts nothing is drawn anew, and at its end the move
 * is read from the DOM, the DOM's change is left to the next drawing, and the model is changed.
 */

import Sortable from "sortablejs";
import { accepts } from "../model/rules";
import { parseListKey, type Place } from "../model/tree";
import type { Role } from "../types";

export type Source = { kind: string } | { id: string };

export interface DragEvents {
  started(role: Role): void;
  /** `place` is null if it was dropped where nothing takes it. */
  ended(source: Source, place: Place | null): void;
}

const GROUP = "tower";
/** A finger that rests this long drags; one that moves before scrolls. */
const TOUCH_DELAY_MS = 160;

function sourceOf(element: HTMLElement): Source {
  const { id, kind } = element.dataset;
  return id !== undefined ? { id } : { kind: kind ?? "" };
}

type Point = Pick<MouseEvent, "clientX" | "clientY">;

/** Where the pointer or the finger left the screen. */
function pointOf(event: Event | undefined): Point | null {
  if (event instanceof MouseEvent) return event;
  const touches = (event as Partial<TouchEvent> | undefined)?.changedTouches;
  return touches?.[0] ?? null;
}

export class Drag {
  private readonly sortables = new Set<Sortable>();
  private disabled = false;

  /** `area` is where a drop counts; outside it is taken back. `scroller` scrolls while something is held at its edge. */
  constructor(
    private readonly events: DragEvents,
    private readonly area: () => HTMLElement,
    readonly scroller: HTMLElement,
  ) {}

  /** Makes an element a list of the tower; the result undoes it. */
  addList(element: HTMLElement): () => void {
    return this.add(element, {
      group: {
        name: GROUP,
        pull: true,
        put: (to, _from, dragged) =>
          accepts(parseListKey(to.el.dataset["list"] ?? ""), dragged.dataset["role"] as Role),
      },
      draggable: ".node",
    });
  }

  /** Makes an element a source of new items: what is dragged out stays there too. */
  addPalette(element: HTMLElement): () => void {
    return this.add(element, { group: { name: GROUP, pull: "clone", put: false }, sort: false, draggable: ".source" });
  }

  setDisabled(disabled: boolean): void {
    if (this.disabled === disabled) return;
    this.disabled = disabled;
    for (const sortable of this.sortables) sortable.option("disabled", disabled);
  }

  /** For a view that is taken away in the middle of a drag. */
  destroy(): void {
    window.removeEventListener("pointermove", this.onMove);
  }

  private add(element: HTMLElement, options: Sortable.Options): () => void {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const sortable = Sortable.create(element, {
      ...options,
      disabled: this.disabled,
      animation: calm ? 0 : 120,
      // Native dragging does not cross a shadow root's border.
      forceFallback: true,
      fallbackTolerance: 4,
      // Beside the pointer, so that the slot under it can be read.
      fallbackOffset: { x: 22, y: 20 },
      fallbackClass: "flying",
      ghostClass: "slot",
      chosenClass: "chosen",
      delay: TOUCH_DELAY_MS,
      delayOnTouchOnly: true,
      touchStartThreshold: 5,
      filter: "input, select, button",
      preventOnFilter: false,
      // A card's upper half means before it, its lower half after it.
      invertSwap: true,
      invertedSwapThreshold: 1,
      emptyInsertThreshold: 6,
      // Told, because under the pointer SortableJS finds the shadow root's host and not what scrolls in it.
      scroll: this.scroller,
      scrollSensitivity: 48,
      scrollSpeed: 12,
      bubbleScroll: true,
      onStart: ({ item }) => {
        window.addEventListener("pointermove", this.onMove, { passive: true });
        this.events.started(item.dataset["role"] as Role);
      },
      onEnd: (event) => this.end(event),
    });
    this.sortables.add(sortable);
    return () => {
      this.sortables.delete(sortable);
      sortable.destroy();
    };
  }

  private readonly onMove = (event: PointerEvent): void => {
    this.area().classList.toggle("outside", !this.isInside(event));
  };

  private isInside({ clientX, clientY }: Point): boolean {
    const { left, right, top, bottom } = this.area().getBoundingClientRect();
    return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
  }

  private end(event: Sortable.SortableEvent): void {
    window.removeEventListener("pointermove", this.onMove);
    this.area().classList.remove("outside");
    const point = pointOf((event as { originalEvent?: Event }).originalEvent);
    const counts = point === null || this.isInside(point);
    const { item, from, to, clone, newIndex } = event;
    const source = sourceOf(item);
    const list = to.dataset["list"];
    const place =
      !counts || list === undefined || newIndex === undefined ? null : { list: parseListKey(list), index: newIndex };
    // What left the palette goes back to it, in the place that its clone kept.
    if (event.pullMode === "clone" && clone.parentNode) clone.replaceWith(item);
    else if (from !== to && !("id" in source)) from.append(item);
    this.events.ended(source, place);
  }
}
