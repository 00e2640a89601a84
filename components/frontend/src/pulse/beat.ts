/** Asks for the next beat once the last one has arrived, and again if none comes. */

/** A beat that takes longer than this is taken for lost, as when the server was restarted. */
export const PATIENCE_MS = 5000;

export class Beat {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last: number | null = null;

  constructor(private readonly ask: () => void) {}

  /** A beat that arrived; the next one is asked for after `waitMs`. */
  receive(beat: number, waitMs: number): void {
    // The same beat once more is a change of theme.
    if (beat === this.last) return;
    this.last = beat;
    this.askAfter(waitMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private askAfter(waitMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.ask();
      this.askAfter(PATIENCE_MS);
    }, waitMs);
  }
}
