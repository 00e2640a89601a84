/**
 * Marks what is out of date for longer than a glance by the class `late`.
 *
 * A mark that came and went with each edit would have the page painted twice more, also if its transition began later.
 */

const GLANCE_MS = 250;

export class Late {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly element: Pick<Element, "classList">) {}

  /** Whether it is out of date now. */
  show(isStale: boolean): void {
    if (!isStale) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.element.classList.remove("late");
    } else this.timer ??= setTimeout(() => this.element.classList.add("late"), GLANCE_MS);
  }
}
