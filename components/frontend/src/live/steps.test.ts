import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Answer, floorTo, Steps } from "./steps";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Steps whose questions a test answers itself. */
function asked() {
  const questions: { chartId: string; step: number; answer: (answer: Answer) => void; fail: () => void }[] = [];
  const come: string[] = [];
  const steps = new Steps(
    (chartId, step) =>
      new Promise((answer, reject) => {
        questions.push({ chartId, step, answer, fail: () => reject(new Error("busy")) });
      }),
    (chartId) => void come.push(chartId),
  );
  return { steps, questions, come };
}

const profile = (note: string) => ({ fills: {}, note });

it("asks nothing while it follows the newest", () => {
  const { steps, questions } = asked();
  expect(steps.of("depth_profile", 1)).toBeNull();
  expect(questions).toEqual([]);
});

it("asks once at a time, and after the wait for the step chosen last", async () => {
  const { steps, questions, come } = asked();
  for (const step of [10, 20, 30]) {
    steps.chosen = step;
    steps.of("depth_profile", 1);
  }
  expect(questions.map((each) => each.step)).toEqual([10]);
  questions[0]!.answer({ profile: profile("step 10"), waitMs: 50 });
  await vi.advanceTimersByTimeAsync(10);
  expect(steps.of("depth_profile", 1)).toEqual(profile("step 10"));
  expect(questions).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(50);
  expect(come).toEqual(["depth_profile", "depth_profile"]);
  steps.of("depth_profile", 1);
  expect(questions.map((each) => each.step)).toEqual([10, 30]);
});

it("asks no more for what it has, and again when everything was told anew", async () => {
  const { steps, questions } = asked();
  steps.chosen = 17;
  steps.of("activation_profile", 10);
  questions[0]!.answer({ profile: profile("step 10"), waitMs: 0 });
  await vi.advanceTimersByTimeAsync(1);
  steps.chosen = 19;
  expect(steps.of("activation_profile", 10)?.note).toBe("step 10");
  expect(questions).toHaveLength(1);
  steps.renew();
  expect(steps.of("activation_profile", 10)?.note).toBe("step 10");
  expect(questions.map((each) => each.step)).toEqual([10, 10]);
});

it("asks again after a while where there was no answer", async () => {
  const { steps, questions, come } = asked();
  steps.chosen = 5;
  steps.of("depth_profile", 1);
  questions[0]!.fail();
  await vi.advanceTimersByTimeAsync(900);
  expect(come).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(come).toEqual(["depth_profile"]);
  steps.of("depth_profile", 1);
  expect(questions).toHaveLength(2);
});

it("a step is one with values, the first of them at least", () => {
  expect([1, 9, 10, 19, 20].map((step) => floorTo(10, step))).toEqual([10, 10, 10, 10, 20]);
});
