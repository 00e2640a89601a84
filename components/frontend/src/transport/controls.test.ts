import { expect, test } from "vitest";
import { controls } from "./controls";
import { aRun, someData } from "./fixture";
import type { Status } from "../shared/status";

const ENDED: Status[] = ["finished", "stopped", "diverged", "failed", "crashed"];

test("the main button trains, pauses or resumes", () => {
  expect(controls(someData(null)).main.action).toBe("train");
  expect(controls(someData(aRun("running"))).main.action).toBe("pause");
  expect(controls(someData(aRun("paused"))).main.action).toBe("resume");
  for (const status of ENDED) expect(controls(someData(aRun(status))).main.action).toBe("train");
});

test("Train is off with the server's reason", () => {
  const { main, restart } = controls(someData(aRun("stopped"), { can_train: false, why_not: "Shapes differ." }));
  expect([main.enabled, main.title]).toEqual([false, "Shapes differ."]);
  expect([restart.enabled, restart.title]).toEqual([false, "Shapes differ."]);
});

test("a network that cannot be trained does not keep a running run from pausing", () => {
  expect(controls(someData(aRun("running"), { can_train: false, why_not: "Shapes differ." })).main.enabled).toBe(true);
});

test("a run on its way cannot be trained again, but stopped", () => {
  for (const status of ["queued", "starting"] as const) {
    const state = controls(someData(aRun(status)));
    expect([state.main.enabled, state.stop.enabled, state.step.enabled]).toEqual([false, true, false]);
  }
});

test("an ended run can be started afresh and not stopped", () => {
  for (const status of ENDED) {
    const state = controls(someData(aRun(status)));
    expect([state.restart.enabled, state.stop.enabled]).toEqual([true, false]);
  }
});

test("an ended run goes on in the place of its single steps, unless it diverged", () => {
  for (const status of ENDED) {
    const { step } = controls(someData(aRun(status)));
    expect([step.action, step.label, step.enabled]).toEqual(["go_on", "Go on", status !== "diverged"]);
  }
  for (const status of ["running", "paused"] as const) {
    expect(controls(someData(aRun(status))).step).toMatchObject({ action: "step", label: "Step", enabled: true });
  }
});

test("whatever is off says why", () => {
  for (const run of [null, aRun("queued"), aRun("starting"), aRun("finished")]) {
    for (const control of Object.values(controls(someData(run, { can_train: false })))) {
      if (!control.enabled) expect(control.title).not.toBe("");
    }
  }
});
