import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Late } from "./late";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function marked() {
  const classes = new Set<string>();
  const classList = {
    add: (name: string) => classes.add(name),
    remove: (name: string) => classes.delete(name),
  } as unknown as DOMTokenList;
  return { late: new Late({ classList }), classes };
}

it("marks what stays out of date, from its beginning on", () => {
  const { late, classes } = marked();
  late.show(true);
  vi.advanceTimersByTime(200);
  late.show(true);
  expect([...classes]).toEqual([]);
  vi.advanceTimersByTime(50);
  expect([...classes]).toEqual(["late"]);
  late.show(false);
  expect([...classes]).toEqual([]);
});

it("marks nothing that is up to date again soon", () => {
  const { late, classes } = marked();
  late.show(true);
  vi.advanceTimersByTime(100);
  late.show(false);
  vi.advanceTimersByTime(1000);
  expect([...classes]).toEqual([]);
});
