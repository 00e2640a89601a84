import { expect, test } from "vitest";
import { aRun, someData } from "./fixture";
import { type StatusLine, statusLine } from "./status_line";

const text = (line: StatusLine): string =>
  line.parts.map(({ before = "", zeros = "", strong = "", after = "" }) => before + zeros + strong + after).join(" · ");

test("a running run shows step, epoch, speed and time left", () => {
  const line = statusLine(someData(aRun("running")));
  expect(text(line)).toBe("step 000,842 · epoch 7.0/10 · 61,300/s · 4 s left");
  expect(line.fraction).toBeCloseTo(842 / 1200);
});

test("what is not known yet is left out rather than shown as zero", () => {
  const line = statusLine(someData(aRun("running", { samples_per_second: null, seconds_left: null })));
  expect(text(line)).toBe("step 000,842 · epoch 7.0/10");
});

test("a queued run says its place and what it waits for", () => {
  const holders = [{ run: "r4", experiment: null, name: "#4 digits", status: "running" as const }];
  const run = aRun("queued", { queue: { place: 2, length: 3, slots: 1, holders } });
  expect(text(statusLine(someData(run)))).toBe("queued, place 2 of 3 · behind #4 digits");
});

test("a download shows its share, or its size where the length is unknown", () => {
  const known = statusLine(someData(aRun("starting", { data_progress: ["train-images", 34, 100] })));
  expect(text(known)).toBe("downloading train-images… 34 %");
  expect(known.fraction).toBe(0.34);
  const unknown = statusLine(someData(aRun("starting", { data_progress: ["train-images", 3_400_000, null] })));
  expect(text(unknown)).toBe("downloading train-images… 3.2 MiB");
  expect(unknown.fraction).toBe("unknown");
});

test("a finished run shows its accuracies", () => {
  const line = statusLine(someData(aRun("finished", { val_accuracy: 0.977, test_accuracy: 0.972 })));
  expect(text(line)).toBe("finished · validation 97.7 % · test 97.2 %");
  expect(line.tone).toBe("good");
});

test.each(["diverged", "failed", "crashed"] as const)(
  "a %s run says so with an icon, the word and the reason",
  (status) => {
    const line = statusLine(someData(aRun(status, { reason: "Loss is NaN at step 12." })));
    expect(line.tone).toBe("bad");
    expect(line.icon).not.toBeNull();
    expect(text(line)).toBe(`${status} · Loss is NaN at step 12.`);
  },
);

test("without a run the reason against training stands in the line", () => {
  const line = statusLine(someData(null, { can_train: false, why_not: "Highway block 3 has width 64." }));
  expect(text(line)).toBe("Highway block 3 has width 64.");
  expect(line.fraction).toBeNull();
});

test("progress never leaves the bar", () => {
  expect(statusLine(someData(aRun("running", { step: 1300 }))).fraction).toBe(1);
  expect(statusLine(someData(aRun("running", { step: 0, num_steps: 0 }))).fraction).toBe(0);
});
