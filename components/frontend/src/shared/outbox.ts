/**
 * Actions on their way to Streamlit, in order and a little apart: of two triggers that reach the server before its script
 * runs, only the last is seen.
 */

export const APART_MS = 150;

export class Outbox<Message> {
  private readonly waiting: Message[] = [];
  private sentAt = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (message: Message) => void) {}

  push(message: Message): void {
    this.waiting.push(message);
    if (this.timer === undefined) this.next();
  }

  /** Lets what another component has sent just now get ahead. */
  holdBack(): void {
    this.sentAt = performance.now();
  }

  /** Sends what still waits; for the end of the component's life. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const message of this.waiting.splice(0)) this.send(message);
  }

  private next(): void {
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const wait = this.sentAt + APART_MS - performance.now();
    if (wait > 0) {
      this.timer = setTimeout(() => this.next(), wait);
      return;
    }
    this.sentAt = performance.now();
    this.send(this.waiting.shift()!);
    this.next();
  }
}
