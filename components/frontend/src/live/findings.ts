/** Contents of findings, asked for when they are shown and then kept for a while; builder/pages/feed.py answers. */

import { beside } from "../shared/feed";
import type { Content } from "./message";

const MAX_HELD = 32;
const RETRY_MS = 2000;

export class Findings {
  /** Oldest use first; null while it is under way, or where there is none any more. */
  private readonly held = new Map<string, Content | null>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  /** Tables of which one is under way: the next is asked for when it has come, and is then the one that is wanted by then. */
  private readonly underWay = new Set<string>();
  private readonly newest = new Map<string, Content>();

  /** `arrived` is called after each content that was asked for. */
  constructor(private readonly arrived: () => void) {}

  /** A finding of a table, named `run/kind`; null if it has not come yet. */
  content(address: string, table: string, finding: number): Content | null {
    const run = table.slice(0, table.lastIndexOf("/"));
    const whole = `${address}?run=${encodeURIComponent(run)}&finding=${finding}`;
    const found = this.held.get(whole);
    if (found === undefined) {
      if (!this.underWay.has(table)) void this.ask(whole, table);
      return null;
    }
    this.held.delete(whole);
    this.held.set(whole, found);
    return found;
  }

  /** Of a table what came last: where evaluations follow each other fast, the newest one is always under way. */
  cameLast(table: string): Content | null {
    return this.newest.get(table) ?? null;
  }

  destroy(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.held.clear();
  }

  private async ask(address: string, table: string): Promise<void> {
    this.held.set(address, null);
    this.underWay.add(table);
    try {
      const response = await fetch(beside(address));
      if (response.status >= 500) throw new Error(response.statusText);
      // A trainer that went on has left it out: the next message names others.
      if (response.status === 200) {
        const content = (await response.json()) as Content;
        this.held.set(address, content);
        this.newest.set(table, content);
      }
    } catch {
      this.retryLater(address);
      return;
    } finally {
      this.underWay.delete(table);
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
