/** What the status cell says about a run: one line in parts of falling importance. Pure. */

import { bytesText } from "../shared/bytes";
import { queuedWords, shortWait, waitWords } from "./queue";
import type { Run, TransportData } from "./types";
import { duration, epochs, percent, speed, stepDigits } from "../shared/words";

export type Tone = "plain" | "active" | "waiting" | "good" | "warning" | "bad";

export interface Part {
  /** Stays when the numbers change, so that the part keeps its element. */
  key: string;
  before?: string;
  /** Leading zeros, drawn faintly. */
  zeros?: string;
  strong?: string;
  after?: string;
  title: string;
  /** 0 is never folded away; the highest goes first when the bar is narrow. */
  fold: 0 | 1 | 2 | 3;
}

export interface StatusLine {
  tone: Tone;
  icon: "check" | "warning" | "cross" | "pause" | null;
  parts: Part[];
  /** In [0, 1]; null for no bar; "unknown" while something of unknown length goes on. */
  fraction: number | null | "unknown";
}

export function statusLine(data: TransportData): StatusLine {
  const { run } = data;
  if (run === null) {
    if (data.can_train || data.read_only || data.why_not === "") {
      return line("plain", null, null, { key: "word", after: "not trained yet", title: "No run yet.", fold: 0 });
    }
    return line("warning", "warning", null, word("why", data.why_not));
  }
  switch (run.status) {
    case "queued":
      return line("waiting", null, 0, ...queued(run));
    case "starting":
      return starting(run);
    case "running":
      return line("active", null, progress(run), ...counters(run));
    case "paused":
      return line("waiting", "pause", progress(run), word("paused", "paused"), ...counters(run));
    case "finished":
      return line("good", "check", 1, word("finished", "finished"), ...accuracies(run));
    case "stopped":
      return line("plain", null, progress(run), word("stopped", "stopped"), stepPart(run), ...accuracies(run));
    case "diverged":
      return line("bad", "warning", progress(run), word("diverged", "diverged"), ...reason(run));
    case "failed":
      return line("bad", "cross", progress(run), word("failed", "failed"), ...reason(run));
    case "crashed":
      return line("bad", "cross", progress(run), word("crashed", "crashed"), ...reason(run));
  }
}

export function progress(run: Run): number {
  return run.num_steps > 0 ? Math.min(1, Math.max(0, run.step / run.num_steps)) : 0;
}

function queued(run: Run): Part[] {
  const parts = [word("queued", queuedWords(run))];
  if (run.queue !== null) {
    parts.push({ key: "holders", after: shortWait(run.queue), title: waitWords(run.queue), fold: 0 });
  }
  return parts;
}

function starting(run: Run): StatusLine {
  if (run.data_progress === null) return line("waiting", null, "unknown", word("starting", "starting…"));
  const [file, done, total] = run.data_progress;
  const fraction = total ? Math.min(1, done / total) : null;
  return line("waiting", null, fraction ?? "unknown", {
    key: "share",
    before: `downloading ${file}… `,
    strong: fraction === null ? bytesText(done) : percent(fraction, 0),
    title: total ? `${bytesText(done)} of ${bytesText(total)}` : "The size of the file is not known.",
    fold: 0,
  });
}

function counters(run: Run): Part[] {
  const { done, all } = epochs(run.epoch, run.num_epochs);
  const parts: Part[] = [
    stepPart(run),
    { key: "epoch", before: "epoch ", strong: done, after: `/${all}`, title: "Passes over the training set", fold: 1 },
  ];
  if (run.samples_per_second !== null) {
    parts.push({
      key: "speed",
      strong: speed(run.samples_per_second),
      after: "/s",
      title: "Training samples per second",
      fold: 3,
    });
  }
  if (run.seconds_left !== null) {
    parts.push({ key: "left", after: `${duration(run.seconds_left)} left`, title: "Time left at this speed", fold: 2 });
  }
  return parts;
}

function stepPart(run: Run): Part {
  const { zeros, digits } = stepDigits(run.step, run.num_steps);
  return { key: "step", before: "step ", zeros, strong: digits, title: "Updates of the weights so far", fold: 0 };
}

function accuracies(run: Run): Part[] {
  const parts: Part[] = [];
  if (run.val_accuracy !== null) {
    parts.push({
      key: "validation",
      before: "validation ",
      strong: percent(run.val_accuracy),
      title: "Accuracy on the validation set",
      fold: 0,
    });
  }
  if (run.test_accuracy !== null) {
    parts.push({
      key: "test",
      before: "test ",
      strong: percent(run.test_accuracy),
      title: "Accuracy on the test set, looked at once, at the end",
      fold: 1,
    });
  }
  return parts;
}

function reason(run: Run): Part[] {
  return run.reason === "" ? [] : [{ key: "reason", after: run.reason, title: run.reason, fold: 0 }];
}

function word(key: string, text: string): Part {
  return { key, strong: text, title: "", fold: 0 };
}

function line(tone: Tone, icon: StatusLine["icon"], fraction: StatusLine["fraction"], ...parts: Part[]): StatusLine {
  return { tone, icon, fraction, parts };
}
