/** Presses that the server has not answered yet. Pure; the clock is the caller's. */

/** After this long without an answer a press may be repeated. */
export const PATIENCE_MS = 3000;
/** An answer can come between the two clicks of a double click; this is longer. */
export const HOLD_MS = 500;

interface Press {
  /** What the server's answer would change. */
  state: string;
  at: number;
}

export class Pending {
  private readonly presses = new Map<string, Press>();

  press(control: string, state: string, now: number): void {
    this.presses.set(control, { state, at: now });
  }

  /** Whether `control` still waits for the server's state to become another one than `state` was. */
  waits(control: string, state: string, now: number): boolean {
    const press = this.presses.get(control);
    return press !== undefined && press.state === state && now - press.at < PATIENCE_MS;
  }

  /** Whether a new press would be taken. */
  accepts(control: string, state: string, now: number): boolean {
    const press = this.presses.get(control);
    return press === undefined || (now - press.at >= HOLD_MS && !this.waits(control, state, now));
  }
}

/** A chosen value that stands until the server says the same, or has had time to. */
export class Choice<Value> {
  private chosen: { value: Value; at: number } | null = null;

  choose(value: Value, now: number): void {
    this.chosen = { value, at: now };
  }

  current(server: Value, now: number): Value {
    if (this.chosen !== null && (this.chosen.value === server || now - this.chosen.at >= PATIENCE_MS)) {
      this.chosen = null;
    }
    return this.chosen === null ? server : this.chosen.value;
  }
}
