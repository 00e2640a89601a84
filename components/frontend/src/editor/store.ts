/** What the editor shows: the document it owns, what the server said of it, and the view's own state. */

import { Gesture } from "../shared/gesture";
import { Analyses } from "./analyses";
import { same } from "./model/kinds";
import { find } from "./model/tree";
import { Ownership, Unconfirmed } from "./protocol";
import type { Analysis, Catalogue, Edit, EditorData, ExperimentDocument, Live, Preflight, Problem } from "./types";

export type Tab = "blocks" | "item" | "training" | "data" | "groups";

const NO_PROBLEMS: readonly Problem[] = [];
/** How long a value that still moves under the hand waits before the server hears of it. */
const SETTLE_MS = 200;
/** Until what was asked for again can have come. */
const ASK_MS = 500;

/** How long an edit waits for what the server makes of it to be drawn, before it is sent to be taken. */
const ANSWER_MS = 150;

export interface Outside {
  /** Asks what an edit makes of the document, and draws that; null if the server cannot be asked. */
  preview(edit: Edit): Promise<void> | null;
  send(edit: Edit): void;
  ask(kind: string, more?: Record<string, unknown>): void;
  render(): void;
  announce(text: string): void;
}

export class Store {
  readonly owner = new Ownership();
  catalogue: Catalogue | null = null;
  live: Live | null = null;
  preflight: Preflight | null = null;
  readOnly = false;
  hasEditsForNextRun = false;
  selected: string | null = null;
  tab: Tab = "blocks";
  dragging = false;
  /** An item that was put somewhere else than under the pointer, and is to be seen. */
  inserted: string | null = null;
  /** Blocks start closed and repeats open; these are the other way round. */
  private readonly turned = new Set<string>();
  private problemsById = new Map<string, readonly Problem[]>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private unsent: Edit | null = null;
  private isPreviewed = false;
  private readonly gesture = new Gesture();
  private readonly unconfirmed: Unconfirmed;
  private readonly analyses = new Analyses();
  private askedAt = -Infinity;

  constructor(private readonly outside: Outside) {
    this.unconfirmed = new Unconfirmed((edit) => outside.send(edit));
  }

  get document(): ExperimentDocument | null {
    return this.owner.document;
  }

  get analysis(): Analysis | null {
    return this.analyses.newest;
  }

  /** Whether shapes and counts belong to what is on the screen. */
  get isAnalysed(): boolean {
    return this.analysis !== null && this.analysis.rev === this.owner.rev;
  }

  receive(data: EditorData): void {
    if (data.catalogue && !same(data.catalogue, this.catalogue)) this.catalogue = data.catalogue;
    this.unconfirmed.receive(data.epoch, data.rev);
    if (this.owner.receive(data.epoch, data.rev, data.document)) {
      // What was overtaken in mid-typing holds too, where the mixer's rates alone have changed; else the server keeps it beside.
      this.flush();
      this.gesture.end();
      this.analyses.clear();
    }
    const isKnown = !data.analysis || data.epoch !== this.owner.epoch || this.analyse(data.analysis);
    this.readOnly = data.read_only;
    this.hasEditsForNextRun = data.for_next_run;
    if (this.selected !== null && this.document && find(this.document, this.selected) === null) this.deselect();
    if (this.catalogue === null || this.document === null || data.epoch > this.owner.epoch || !isKnown) this.askAgain();
  }

  /** The server's answer to a preview; true if it is of the document that is shown. */
  answered(epoch: number, analysis: Analysis): boolean {
    return epoch === this.owner.epoch && this.analyse(analysis);
  }

  /** Rows and problems that say the same as before stay the same objects, so that their cards are not drawn again. */
  private analyse(next: Analysis): boolean {
    const before = this.analysis;
    if (!this.analyses.receive(next)) return false;
    if (this.analysis === before) return true;
    const problems = new Map<string, readonly Problem[]>();
    for (const problem of next.problems) {
      if (problem.item_id === null) continue;
      problems.set(problem.item_id, [...(problems.get(problem.item_id) ?? []), problem]);
    }
    for (const [id, list] of problems) {
      const old = this.problemsById.get(id);
      if (old && same(old, list)) problems.set(id, old);
    }
    this.problemsById = problems;
    return true;
  }

  /** The server left something out that this view, perhaps mounted anew, does not have. */
  private askAgain(): void {
    const now = performance.now();
    if (now - this.askedAt < ASK_MS) return;
    this.askedAt = now;
    this.outside.ask("resend");
  }

  problemsOf(id: string): readonly Problem[] {
    return this.problemsById.get(id) ?? NO_PROBLEMS;
  }

  isOpen(id: string): boolean {
    const item = this.document && find(this.document, id)?.item;
    return item ? this.isOpenItem(item) : false;
  }

  isOpenItem(item: { id: string; items?: unknown; body?: unknown }): boolean {
    if (item.items === undefined && item.body === undefined) return false;
    return (item.items !== undefined) !== this.turned.has(item.id);
  }

  setOpen(id: string, open: boolean): void {
    if (this.isOpen(id) === open) return;
    if (!this.turned.delete(id)) this.turned.add(id);
    this.outside.render();
  }

  select(id: string | null, openForm = false): void {
    this.selected = id;
    if (id === null) this.deselect();
    else if (openForm) this.tab = "item";
    this.outside.render();
  }

  private deselect(): void {
    this.selected = null;
    if (this.tab === "item") this.tab = "blocks";
  }

  show(tab: Tab): void {
    this.tab = tab;
    this.outside.render();
  }

  announce(text: string): void {
    this.outside.announce(text);
  }

  ask(kind: string, more: Record<string, unknown> = {}): void {
    this.flush();
    this.outside.ask(kind, more);
  }

  /**
   * Makes `document` the newest and shows it. A settled edit is previewed at once, and sent as soon as that is drawn; one
   * that still moves (a slider, typing) when it rests, and it is one step of undo with what follows at the same `place`.
   */
  commit(
    document: ExperimentDocument,
    announcement: string | null = null,
    settled = true,
    place: string | null = null,
  ): void {
    if (this.readOnly || this.document === null) return;
    if (document !== this.document) {
      if (this.isPreviewed) this.flush();
      const gesture = this.gesture.edit(place, settled, this.owner.rev + 1);
      this.unsent = this.owner.edit(document, this.analysis?.rev ?? null, gesture);
    } else if (settled) this.gesture.end();
    this.outside.render();
    // Later, so that a focus that is moved by the drawing finds the page laid out.
    if (announcement !== null) this.outside.announce(announcement);
    if (this.unsent === null) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.preview(), settled ? 0 : SETTLE_MS);
  }

  /**
   * A run of the page's script, in which an edit is taken, keeps server and page busy for longer than it takes to say what the
   * edit makes of the document. So that comes first.
   */
  private preview(): void {
    const { unsent } = this;
    const drawn = unsent === null || this.isPreviewed ? null : this.outside.preview(unsent);
    if (drawn === null) {
      this.flush();
      return;
    }
    const flush = (): void => {
      if (this.unsent === unsent) this.flush();
    };
    this.isPreviewed = true;
    this.timer = setTimeout(flush, ANSWER_MS);
    void drawn.then(() => requestAnimationFrame(() => setTimeout(flush)));
  }

  /** Sends what waits. */
  flush(): void {
    const { unsent } = this;
    this.drop();
    if (unsent !== null) this.unconfirmed.push(unsent);
  }

  private drop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.unsent = null;
    this.isPreviewed = false;
  }
}
