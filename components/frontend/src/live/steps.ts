/** The step that charts over depth show, the same in all of them: the newest, or the one that a person went back to. */

import type { Fill } from "./message";

/** What a chart shows at a step. */
export interface Profile {
  fills: Record<string, Fill>;
  note: string;
}

export interface Answer {
  /** Null where there is nothing. */
  profile: Profile | null;
  /** Until the next question. */
  waitMs: number;
}

const RETRY_MS = 1000;

interface Shown {
  /** Null if rows may have changed since it was asked for. */
  step: number | null;
  profile: Profile | null;
}

export class Steps {
  /** Null follows the newest. */
  chosen: number | null = null;
  private readonly shown = new Map<string, Shown>();
  private readonly asking = new Set<string>();

  /** `ask` asks the server, `come` says that a chart has something new to draw. */
  constructor(
    private readonly ask: (chartId: string, step: number) => Promise<Answer>,
    private readonly come: (chartId: string) => void,
  ) {}

  /** Everything was told anew: what is shown is asked for once more. */
  renew(): void {
    for (const shown of this.shown.values()) shown.step = null;
  }

  /** Other runs are shown. */
  forget(): void {
    this.chosen = null;
    this.shown.clear();
  }

  /**
   * What a chart that has values at the multiples of `every` shows, and until the answer is here what it showed before;
   * null for the newest. One question of a chart is under way at a time, then that for the step chosen last.
   */
  of(chartId: string, every: number): Profile | null {
    if (this.chosen === null) return null;
    const step = floorTo(every, this.chosen);
    const shown = this.shown.get(chartId);
    if (shown?.step !== step && !this.asking.has(chartId)) void this.question(chartId, step);
    return shown?.profile ?? null;
  }

  private async question(chartId: string, step: number): Promise<void> {
    this.asking.add(chartId);
    let waitMs = RETRY_MS;
    try {
      const answer = await this.ask(chartId, step);
      waitMs = answer.waitMs;
      this.shown.set(chartId, { step, profile: answer.profile });
      this.come(chartId);
    } catch {
      // The server is busy, or restarts.
    }
    setTimeout(() => {
      this.asking.delete(chartId);
      if (this.chosen !== null) this.come(chartId);
    }, waitMs);
  }
}

/** The newest step up to this one at which there are values; the first if there is none. */
export function floorTo(every: number, step: number): number {
  return Math.max(every, step - (step % every));
}
