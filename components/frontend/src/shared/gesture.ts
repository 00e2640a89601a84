/** Typing a number or drawing a slider is many edits and one step of undo. */

export class Gesture {
  private place: string | null = null;
  private isOpen = false;
  private began = 0;

  /**
   * Notes an edit at a place; a settled one is its gesture's last, and at no place it is a gesture of its own.
   * Returns the rev with which its gesture began.
   */
  edit(place: string | null, settled: boolean, rev: number): number {
    if (!this.isOpen || place !== this.place) this.began = rev;
    this.place = place;
    this.isOpen = !settled && place !== null;
    return this.began;
  }

  /** What comes now is another gesture's. */
  end(): void {
    this.isOpen = false;
  }
}
