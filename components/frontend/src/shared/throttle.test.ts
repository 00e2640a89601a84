import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Throttle } from "./throttle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a drag of three seconds makes at most ten calls a second, and the last one has the last value", () => {
  const seen: number[] = [];
  let value = 0;
  const throttle = new Throttle(() => seen.push(value), 100);
  for (let frame = 1; frame <= 180; frame++) {
    value = frame;
    throttle.request();
    vi.advanceTimersByTime(1000 / 60);
  }
  vi.advanceTimersByTime(200);
  expect(seen.length).toBeLessThanOrEqual(31);
  expect(seen.length).toBeGreaterThan(25);
  expect(seen.at(-1)).toBe(180);
});

test("a single request is answered at once and only once", () => {
  const call = vi.fn();
  const throttle = new Throttle(call, 100);
  throttle.request();
  expect(call).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(call).toHaveBeenCalledTimes(1);
});

test("a flush makes the waiting call now and never again", () => {
  const call = vi.fn();
  const throttle = new Throttle(call, 100);
  throttle.request();
  throttle.request();
  throttle.flush();
  vi.advanceTimersByTime(1000);
  expect(call).toHaveBeenCalledTimes(2);
  throttle.flush();
  expect(call).toHaveBeenCalledTimes(2);
});
