/**
 * Who owns the document: the component while it edits, Python when it bumps the epoch.
 *
 * Every edit has a higher rev of the current epoch. What comes back with a lower rev is an echo of an older edit and is
 * ignored; another epoch (preset, open, undo) is adopted whole.
 */

import { shortened } from "./model/shortened";
import type { Edit, ExperimentDocument } from "./types";

/** What an edit says is based on what was answered when it was made: so many edits may be on their way. */
export const NUM_KEPT = 16;

/** An edit, short as it is sent first, and whole as it is sent again: then the server may not know what it is based on. */
export interface Outgoing {
  short: Edit;
  whole: Edit;
}

export class Ownership {
  epoch = -1;
  rev = -1;
  document: ExperimentDocument | null = null;
  /** The newest documents of this epoch, by rev. */
  private documents = new Map<number, ExperimentDocument>();

  /** Takes what the server says; true if the document was replaced. */
  receive(epoch: number, rev: number, document: ExperimentDocument | null): boolean {
    if (document === null || epoch < this.epoch) return false;
    if (this.document !== null && epoch === this.epoch && rev <= this.rev) return false;
    if (epoch !== this.epoch) this.documents.clear();
    this.epoch = epoch;
    this.rev = rev;
    this.keep(document);
    return true;
  }

  /** Makes `document` the newest one; what is returned goes to the server, which has answered the rev `analysed`. */
  edit(document: ExperimentDocument, analysed: number | null = null, gesture = this.rev + 1): Outgoing {
    this.rev += 1;
    const base = analysed === null ? undefined : this.documents.get(analysed);
    const whole: Edit = { epoch: this.epoch, rev: this.rev, document, analysed, gesture };
    const short = base === undefined ? whole : { ...whole, document: shortened(document, base) };
    this.keep(document);
    return { short, whole };
  }

  private keep(document: ExperimentDocument): void {
    this.document = document;
    this.documents.set(this.rev, document);
    this.documents.delete(this.rev - NUM_KEPT);
  }
}

/** An edit that the server has not taken by then is sent again. */
export const RETRY_MS = 1500;

/**
 * The edit that was sent last, until the server has it: a trigger of Streamlit's can be lost.
 *
 * It is a trigger because the value of a state would go to the server again with every message of any component.
 */
export class Unconfirmed {
  private edit: Outgoing | null = null;
  private sentAt = -Infinity;

  constructor(private readonly send: (edit: Edit) => void) {}

  push(edit: Outgoing): void {
    this.edit = edit;
    this.put(edit.short);
  }

  private put(edit: Edit): void {
    this.sentAt = performance.now();
    this.send(edit);
  }

  /** What the server knows; it says so at each of its ticks. */
  receive(epoch: number, rev: number): void {
    const edit = this.edit?.whole ?? null;
    if (edit === null || epoch < edit.epoch) return;
    if (epoch === edit.epoch && rev >= edit.rev) this.edit = null;
    else if (epoch > edit.epoch) {
      // Overtaken, if it got there at all: then the server takes it still, or keeps it beside. Once is enough, for it
      // remembers what it has.
      this.edit = null;
      this.send(edit);
    } else if (performance.now() - this.sentAt > RETRY_MS) this.put(edit);
  }
}
