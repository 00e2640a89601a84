/** What a queued run waits for, in words. Pure. */

import type { Holder, Queue, Run } from "./types";

export function queuedWords({ queue }: Run): string {
  return queue === null ? "queued" : `queued, place ${queue.place} of ${queue.length}`;
}

/** One line: who is in the way. */
export function shortWait({ holders, slots }: Queue): string {
  if (holders.length < slots) return "starts at once";
  return `behind ${holders.map((holder) => holder.name).join(", ")}`;
}

/** Who holds the slots, and what to do about it. */
export function waitWords({ place, holders, slots }: Queue): string {
  if (holders.length < slots) return "A slot is free: it starts in a moment.";
  const held =
    slots === 1 ? `The only slot is held by ${named(holders)}.` : `All ${slots} slots are held, by ${named(holders)}.`;
  const first = place === 1 ? "This run starts" : `This run starts after ${place - 1} more in the queue,`;
  const end = slots === 1 ? "it ends: wait, or stop it" : "one of them ends: wait, or stop one";
  const paused = holders.some((holder) => holder.status === "paused") ? " A paused run keeps its slot." : "";
  return `${held} ${first} as soon as ${end}.${paused}`;
}

/** Where the page shows it: its experiment with it in view, or the run alone. */
export function addressOf({ run, experiment }: Holder): string {
  const words: Record<string, string> = experiment === null ? { run } : { experiment, run };
  return `?${new URLSearchParams(words).toString()}`;
}

function named(holders: readonly Holder[]): string {
  return holders.map((holder) => `${holder.name} (${holder.status})`).join(" and ");
}
