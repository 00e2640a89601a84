/**
 * Who owns the groups' settings: the mixer while it edits, Python when it changes the epoch.
 *
 * Every edit has a higher rev. Data of a lower rev of the same epoch is an echo of an older edit: its meters are shown, its
 * settings are not. Data of the same rev has seen all edits, so what it says counts.
 */

import { Gesture } from "../shared/gesture";
import type { Edit, MixerData, Setting } from "./types";

const KEYS = ["learning_rate", "weight_decay", "frozen"] as const;

export class Ownership {
  private epoch = -1;
  private rev = -1;
  private names: string[] = [];
  private readonly gesture = new Gesture();
  private began = 0;
  private readonly settings = new Map<string, Setting>();

  receive({ epoch, rev, groups }: Pick<MixerData, "epoch" | "rev" | "groups">): void {
    // Messages arrive in order, so that another epoch, even a lower one after a restart of the server, is the newest.
    const isEcho = epoch === this.epoch && rev < this.rev;
    this.names = groups.map((group) => group.name);
    const own = new Map(this.settings);
    this.settings.clear();
    for (const { name, learning_rate, weight_decay, frozen } of groups) {
      this.settings.set(name, (isEcho && own.get(name)) || { learning_rate, weight_decay, frozen });
    }
    if (isEcho) return;
    if (epoch !== this.epoch) this.gesture.end();
    this.epoch = epoch;
    this.rev = rev;
  }

  of(name: string): Setting {
    return this.settings.get(name)!;
  }

  /** Changes groups at once, as one edit at a place; true if that is a change. */
  change(changes: Record<string, Partial<Setting>>, place: string): boolean {
    let isChanged = false;
    for (const [name, change] of Object.entries(changes)) {
      const before = this.of(name);
      const after = { ...before, ...change };
      if (KEYS.every((key) => before[key] === after[key])) continue;
      this.settings.set(name, after);
      isChanged = true;
    }
    if (!isChanged) return false;
    this.rev += 1;
    this.began = this.gesture.edit(place, false, this.rev);
    return true;
  }

  /** The hand is off: what it does next is another step of undo. */
  rest(): void {
    this.gesture.end();
  }

  /** All settings as they are now, for the server. */
  edit(): Edit {
    return {
      epoch: this.epoch,
      rev: this.rev,
      gesture: this.began,
      groups: this.names.map((name) => ({ name, ...this.of(name) })),
    };
  }
}
