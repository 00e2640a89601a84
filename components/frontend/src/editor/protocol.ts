/**
 * Who owns the document: the component while it edits, Python when it bumps the epoch.
 *
 * Every edit has a higher rev of the current epoch. What comes back with a lower rev is an echo of an older edit and is
 * ignored; another epoch (preset, open, undo) is adopted whole.
 */

import type { Edit, ExperimentDocument } from "./types";

export class Ownership {
  epoch = -1;
  rev = -1;
  document: ExperimentDocument | null = null;

  /** Takes what the server says; true if the document was replaced. */
  receive(epoch: number, rev: number, document: ExperimentDocument | null): boolean {
    if (document === null || epoch < this.epoch) return false;
    if (this.document !== null && epoch === this.epoch && rev <= this.rev) return false;
    this.epoch = epoch;
    this.rev = rev;
    this.document = document;
    return true;
  }

  /** Makes `document` the newest one; what is returned goes to the server. */
  edit(document: ExperimentDocument, analysed: number | null = null, gesture = this.rev + 1): Edit {
    this.rev += 1;
    this.document = document;
    return { epoch: this.epoch, rev: this.rev, document, analysed, gesture };
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
  private edit: Edit | null = null;
  private sentAt = -Infinity;

  constructor(private readonly send: (edit: Edit) => void) {}

  push(edit: Edit): void {
    this.edit = edit;
    this.sentAt = performance.now();
    this.send(edit);
  }

  /** What the server knows; it says so at each of its ticks. */
  receive(epoch: number, rev: number): void {
    const { edit } = this;
    if (edit === null || epoch < edit.epoch) return;
    if (epoch === edit.epoch && rev >= edit.rev) this.edit = null;
    else if (epoch > edit.epoch) {
      // Overtaken, if it got there at all: then the server takes it still, or keeps it beside. Once is enough, for it
      // remembers what it has.
      this.edit = null;
      this.send(edit);
    } else if (performance.now() - this.sentAt > RETRY_MS) this.push(edit);
  }
}
