import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Beat, PATIENCE_MS } from "./beat";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the next beat is asked for after the last has arrived, so that a slow page has one on its way and no more", () => {
  const ask = vi.fn();
  const beat = new Beat(ask);
  beat.receive(1, 200);
  vi.advanceTimersByTime(199);
  expect(ask).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(ask).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3000);
  expect(ask).toHaveBeenCalledTimes(1);
  beat.receive(2, 200);
  vi.advanceTimersByTime(200);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("a beat that never comes is asked for again", () => {
  const ask = vi.fn();
  new Beat(ask).receive(1, 200);
  vi.advanceTimersByTime(200 + 2 * PATIENCE_MS);
  expect(ask).toHaveBeenCalledTimes(3);
});

test("the same beat once more changes nothing", () => {
  const ask = vi.fn();
  const beat = new Beat(ask);
  beat.receive(1, 200);
  vi.advanceTimersByTime(150);
  beat.receive(1, 200);
  vi.advanceTimersByTime(50);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("taken away, it asks no more", () => {
  const ask = vi.fn();
  const beat = new Beat(ask);
  beat.receive(1, 200);
  beat.stop();
  vi.advanceTimersByTime(60_000);
  expect(ask).not.toHaveBeenCalled();
});
