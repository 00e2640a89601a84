import { expect, test } from "vitest";
import { aRun } from "./fixture";
import { titleOf } from "./tab_title";

test.each([
  [null, "digits · Highrise"],
  [aRun("running", { step: 50, num_steps: 200 }), "25% · digits · Highrise"],
  [aRun("paused", { step: 50, num_steps: 200 }), "paused 25% · digits · Highrise"],
  [aRun("starting", { step: 0, num_steps: 0 }), "starting · digits · Highrise"],
  [aRun("running", { step: 0, num_steps: 0 }), "running · digits · Highrise"],
  [aRun("diverged"), "diverged · digits · Highrise"],
])("the tab's title of %o begins with its progress", (run, title) => {
  expect(titleOf("digits", run)).toBe(title);
});
