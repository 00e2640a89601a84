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
  edit(document: ExperimentDocument): Edit {
    this.rev += 1;
    this.document = document;
    return { epoch: this.epoch, rev: this.rev, document };
  }
}
