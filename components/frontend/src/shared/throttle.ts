/** Calls at once, then at most once per interval, and always once more after the last request. */
export class Throttle {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isAskedFor = false;

  constructor(
    private readonly call: () => void,
    private readonly intervalMs: number,
  ) {}

  request(): void {
    this.isAskedFor = true;
    if (this.timer === undefined) this.tick();
  }

  /** Makes a waiting call now; for the end of the component's life. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.isAskedFor) this.fire();
  }

  private tick(): void {
    this.timer = undefined;
    if (!this.isAskedFor) return;
    this.fire();
    this.timer = setTimeout(() => this.tick(), this.intervalMs);
  }

  private fire(): void {
    this.isAskedFor = false;
    this.call();
  }
}
