/** Which items are in sight, or soon will be: only they have a face, so that a page of a deep tower costs what a short one does. */

/** Above and below the tower's window, so that scrolling finds cards that are there already. */
const MARGIN = "400px 0px";
/** So many have a face before it is known what is in sight: more than a window holds. */
const FIRST = 40;

export interface Seen {
  /** Takes its measure: the layout is clean now, and not once the first of many has changed. */
  measure(): void;
  seen(isInSight: boolean): void;
}

export class Sight {
  private readonly observer: IntersectionObserver;
  private readonly seen = new Map<Element, Seen>();
  /** Known to be, or taken to be until the browser says. */
  private readonly inSight = new Set<Element>();
  private readonly known = new Set<Element>();

  constructor(root: HTMLElement) {
    this.observer = new IntersectionObserver((entries) => this.look(entries), { root, rootMargin: MARGIN });
  }

  /** Whether it is taken to be in sight until the browser says. */
  add(element: Element, seen: Seen): boolean {
    this.seen.set(element, seen);
    this.observer.observe(element);
    const isTaken = this.inSight.size < FIRST;
    if (isTaken) this.inSight.add(element);
    return isTaken;
  }

  /** Whether the browser has said that it is in sight. */
  isKnown(element: Element): boolean {
    return this.known.has(element);
  }

  remove(element: Element): void {
    this.seen.delete(element);
    this.inSight.delete(element);
    this.known.delete(element);
    this.observer.unobserve(element);
  }

  destroy(): void {
    this.observer.disconnect();
  }

  private look(entries: readonly IntersectionObserverEntry[]): void {
    // What had no box was off the page, as the whole tower is for a moment when it moves in it, and comes back as it was.
    const changes = entries.filter((entry) => entry.isIntersecting || entry.boundingClientRect.height > 0);
    for (const { target, isIntersecting } of changes) {
      if (!isIntersecting) this.seen.get(target)?.measure();
    }
    for (const { target, isIntersecting } of changes) {
      const seen = this.seen.get(target);
      if (seen === undefined) continue;
      for (const set of [this.inSight, this.known]) {
        if (isIntersecting) set.add(target);
        else set.delete(target);
      }
      seen.seen(isIntersecting);
    }
  }
}
