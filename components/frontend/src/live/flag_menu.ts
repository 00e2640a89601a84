/** What can be done at a flag: go back to before the change, or train from there on beside it. */

import { h, place, setStyle, setText } from "../shared/dom";
import { placeAt, placeUnder } from "../shared/popup";
import { flagKey } from "./flags";
import { unescape } from "./markup";
import type { Flag } from "./message";

export interface FlagAction {
  kind: "rewind" | "branch";
  run: string;
  origin: string;
  step: number;
}

const HELP =
  "Rewind stops the run and goes on from before the change, set as it was then, as a new run; the old one stays. Branch " +
  "trains the document as it is now from there on, and the old run goes on.";
const GONE = "No checkpoint from before it: it was let go to make room, or the run is of an earlier version.";
const LOCKED = "This view changes nothing; who owns the run can go back to before a change.";

export class FlagMenu {
  readonly element: HTMLElement;
  private readonly list = h("div", { class: "lv-flag-list" });
  private readonly help = h("p", { class: "lv-flag-help" });
  private flags: readonly Flag[] = [];
  /** Of the one flag that is shown; null shows all. */
  private only: string | null = null;
  private isLocked = false;
  private drawn = "";

  constructor(private readonly act: (action: FlagAction) => void) {
    this.element = h(
      "div",
      { class: "lv-flag-menu", role: "dialog", "aria-label": "Flags", popover: "auto" },
      this.list,
      this.help,
    );
  }

  lock(isLocked: boolean): void {
    this.isLocked = isLocked;
  }

  /** Takes the newest flags; an open menu follows. */
  show(flags: readonly Flag[]): void {
    this.flags = flags;
    if (this.element.matches(":popover-open")) this.draw();
  }

  openAll(under: HTMLElement): void {
    this.open(null);
    placeUnder(this.element, under, "end");
  }

  openOne(flag: Flag, x: number, y: number): void {
    this.open(flagKey(flag));
    placeAt(this.element, x, y);
  }

  private open(only: string | null): void {
    this.only = only;
    this.draw();
    if (!this.element.matches(":popover-open")) this.element.showPopover();
    this.element.querySelector("button")?.focus({ preventScroll: true });
  }

  private draw(): void {
    const shown = this.flags.filter((flag) => this.only === null || flagKey(flag) === this.only);
    const drawn = JSON.stringify([shown, this.isLocked]);
    // A list that is drawn anew would lose the focus.
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    setText(this.help, this.isLocked ? LOCKED : HELP);
    place(
      this.list,
      [...shown].reverse().map((flag) => this.item(flag)),
    );
  }

  private item(flag: Flag): HTMLElement {
    const words = unescape(flag.text);
    const mark = h("i", { class: "lv-flag-mark" });
    setStyle(mark, "--flag", flag.colour);
    const what = h("span", { class: "lv-flag-words", title: words }, words);
    const step = h("span", { class: "lv-flag-step" }, `step ${flag.x.toLocaleString("en")}`);
    const item = h(
      "div",
      { class: "lv-flag", role: "group", "aria-label": `${words}, step ${flag.x}` },
      mark,
      what,
      step,
    );
    if (flag.back === null) item.append(h("span", { class: "lv-flag-gone" }, GONE));
    else if (!this.isLocked) {
      const [origin, at] = flag.back;
      const rewind = this.button("rewind", "Rewind to here", flag, origin, at);
      item.append(
        h("div", { class: "lv-flag-acts" }, rewind, this.button("branch", "Branch from here", flag, origin, at)),
      );
    }
    return item;
  }

  private button(
    kind: FlagAction["kind"],
    label: string,
    { run }: Flag,
    origin: string,
    step: number,
  ): HTMLButtonElement {
    const onclick = () => {
      this.element.hidePopover();
      this.act({ kind, run, origin, step });
    };
    return h("button", { type: "button", title: `From step ${step.toLocaleString("en")}`, onclick }, label);
  }
}
