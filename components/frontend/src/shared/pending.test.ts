import { expect, test } from "vitest";
import { Choice, HOLD_MS, PATIENCE_MS, Pending } from "./pending";

test("a press waits until the state changes", () => {
  const pending = new Pending();
  pending.press("main", "idle", 0);
  expect(pending.waits("main", "idle", 100)).toBe(true);
  expect(pending.waits("main", "running", 100)).toBe(false);
});

test("a press is given up after three seconds", () => {
  const pending = new Pending();
  pending.press("main", "idle", 0);
  expect(pending.waits("main", "idle", PATIENCE_MS - 1)).toBe(true);
  expect(pending.waits("main", "idle", PATIENCE_MS)).toBe(false);
  expect(pending.accepts("main", "idle", PATIENCE_MS)).toBe(true);
});

test("the second of two quick presses is not taken, not even when the answer came between them", () => {
  const pending = new Pending();
  pending.press("main", "idle", 0);
  expect(pending.accepts("main", "idle", 80)).toBe(false);
  expect(pending.accepts("main", "running", 80)).toBe(false);
  expect(pending.accepts("main", "running", HOLD_MS)).toBe(true);
});

test("controls wait apart", () => {
  const pending = new Pending();
  pending.press("main", "running", 0);
  expect(pending.accepts("stop", "running", 1)).toBe(true);
});

test("a choice stands until the server agrees, and then follows the server", () => {
  const choice = new Choice<string>();
  choice.choose("cuda:0", 0);
  expect(choice.current("cpu", 100)).toBe("cuda:0");
  expect(choice.current("cuda:0", 200)).toBe("cuda:0");
  expect(choice.current("cpu", 300)).toBe("cpu");
});

test("a choice that the server refuses is given up", () => {
  const choice = new Choice<string>();
  choice.choose("cuda:9", 0);
  expect(choice.current("cpu", PATIENCE_MS)).toBe("cpu");
});
