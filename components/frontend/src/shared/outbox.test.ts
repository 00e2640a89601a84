import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { APART_MS, Outbox } from "./outbox";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first message leaves at once, later ones in order and apart", () => {
  const sent: number[] = [];
  const outbox = new Outbox<number>((message) => sent.push(message));
  for (const message of [1, 2, 3]) outbox.push(message);
  expect(sent).toEqual([1]);
  vi.advanceTimersByTime(APART_MS);
  expect(sent).toEqual([1, 2]);
  vi.advanceTimersByTime(APART_MS);
  expect(sent).toEqual([1, 2, 3]);
});

test("after a while without messages the next one leaves at once", () => {
  const sent: number[] = [];
  const outbox = new Outbox<number>((message) => sent.push(message));
  outbox.push(1);
  vi.advanceTimersByTime(APART_MS + 1);
  outbox.push(2);
  expect(sent).toEqual([1, 2]);
});

test("a message right behind another waits although nothing else does", () => {
  const sent: number[] = [];
  const outbox = new Outbox<number>((message) => sent.push(message));
  outbox.push(1);
  vi.advanceTimersByTime(10);
  outbox.push(2);
  expect(sent).toEqual([1]);
  vi.advanceTimersByTime(APART_MS);
  expect(sent).toEqual([1, 2]);
});

test("a message waits for what another component has just sent", () => {
  const sent: number[] = [];
  const outbox = new Outbox<number>((message) => sent.push(message));
  outbox.holdBack();
  outbox.push(1);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(APART_MS);
  expect(sent).toEqual([1]);
});

test("a flush leaves nothing behind and sends nothing twice", () => {
  const sent: number[] = [];
  const outbox = new Outbox<number>((message) => sent.push(message));
  for (const message of [1, 2, 3]) outbox.push(message);
  outbox.flush();
  vi.advanceTimersByTime(10 * APART_MS);
  expect(sent).toEqual([1, 2, 3]);
});
