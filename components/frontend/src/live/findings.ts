/** Contents of findings, asked for when they are shown and then kept for a while; builder/pages/feed.py answers. */

import { beside } from "../shared/feed";
import type { Content } from "./message";

const MAX_HELD = 32;
const RETRY_MS = 2000;

export class Findings {
  /** Oldest use first; null while it is under way, or where there is none any more. */
  private readonly held = new Map<string, Content | null>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();

  /** `arrived` is called after each content that was asked for. */
  constructor(private readonly arrived: () => void) {}

  /** A finding of a table, named `run/kind`; null if it has not come yet. */
  content(address: string, table: string, finding: number): Content | null {
    const run = table.slice(0, table.lastIndexOf("/"));
    const whole = `${address}?run=${encodeURIComponent(run)}&finding=${finding}`;
    const found = this.held.get(whole);
    if (found === undefined) {
      this.held.set(whole, null);
      void this.ask(whole);
      return null;
    }
    this.held.delete(whole);
    this.held.set(whole, found);
    return found;
  }

  destroy(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.held.clear();
  }

  private async ask(address: string): Promise<void> {
    try {
      const response = await fetch(beside(address));
      if (response.status >= 500) throw new Error(response.statusText);
      // A trainer that went on has left it out: the next message names others.
      if (response.status === 200) this.held.set(address, (await response.json()) as Content);
    } catch {
      this.retryLater(address);
      return;
    }
    for (const oldest of this.held.keys()) {
      if (this.held.size <= MAX_HELD) break;
      this.held.delete(oldest);
    }
    this.arrived();
  }

  /** The server is busy, or restarts. */
  private retryLater(address: string): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.held.delete(address);
      this.arrived();
    }, RETRY_MS);
    this.timers.add(timer);
  }
}
