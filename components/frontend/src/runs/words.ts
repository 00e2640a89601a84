/** A run's row in words. Pure. */

import { cutApart } from "../shared/cut";
import type { Status } from "../shared/status";
import { duration, percent } from "../shared/words";
import type { RunRow } from "./types";

/** A sign besides the word, so that a glance is enough. */
export const SIGNS: Record<Status, string> = {
  queued: "◷",
  starting: "◷",
  running: "▶",
  paused: "❚❚",
  finished: "✓",
  stopped: "■",
  diverged: "▲",
  failed: "✕",
  crashed: "✕",
};

export type Tone = "active" | "waiting" | "good" | "plain" | "bad";

export const TONES: Record<Status, Tone> = {
  queued: "waiting",
  starting: "waiting",
  running: "active",
  paused: "waiting",
  finished: "good",
  stopped: "plain",
  diverged: "bad",
  failed: "bad",
  crashed: "bad",
};

/** Names by run that stay different; of equal ones the number before them tells which is which. */
export function shortNames(rows: readonly RunRow[], most: number): Map<string, string> {
  const names = cutApart(
    rows.map((row) => row.name),
    most,
  );
  return new Map(rows.map((row, index) => [row.id, names[index]!]));
}

export function accuracyText(row: RunRow): string {
  return row.val_accuracy === null ? "" : percent(row.val_accuracy);
}

/** Everything, for the hover. */
export function wholeText(row: RunRow): string {
  const lines = [`#${row.number} ${row.name}`];
  if (row.differs_whole !== "") lines.push(row.differs_whole);
  lines.push(row.reason === "" ? row.status : `${row.status}: ${row.reason}`);
  if (row.val_accuracy !== null) {
    const best = row.best_accuracy === null ? "" : `, best ${percent(row.best_accuracy, 2)} at step ${row.best_step}`;
    lines.push(`validation accuracy ${percent(row.val_accuracy, 2)}${best}`);
  }
  if (row.tags.length > 0) lines.push(row.tags.map((tag) => `#${tag}`).join(" "));
  if (row.notes !== "") lines.push(row.notes);
  return lines.join("\n");
}

export function agoText(seconds: number): string {
  return seconds < 60 ? "just now" : `${duration(seconds).replace(/ \d+ s$/, "")} ago`;
}

/** The choice after a press on a run's box: a new one comes last, and the one in view stays first. */
export function toggled(shown: readonly string[], id: string, most: number): string[] {
  if (shown.includes(id)) return shown.filter((each) => each !== id);
  return shown.length < most ? [...shown, id] : [...shown];
}

/** The choice with this run in view. */
export function inFront(shown: readonly string[], id: string): string[] {
  return [id, ...shown.filter((each) => each !== id)];
}
