import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Seen, Sight } from "./sight";

interface Entry {
  target: Element;
  isIntersecting: boolean;
  boundingClientRect: { height: number };
}

let look: (entries: Entry[]) => void;

beforeEach(() => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(act: typeof look) {
        look = act;
      }
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const FIRST = 40;
const root = {} as HTMLElement;
const element = () => ({}) as Element;
const entry = (target: Element, isIntersecting: boolean, height = 46): Entry => ({
  target,
  isIntersecting,
  boundingClientRect: { height },
});
const nobody: Seen = { measure: () => {}, seen: () => {} };

function teller(name: string, told: string[]): Seen {
  return { measure: () => told.push(`${name} measured`), seen: (inSight) => told.push(`${name} ${inSight}`) };
}

it("takes as many as a window can hold to be in sight, and others once the browser says so", () => {
  const sight = new Sight(root);
  const elements = Array.from({ length: FIRST + 2 }, () => element());
  expect(elements.map((each) => sight.add(each, nobody))).toEqual(elements.map((_, place) => place < FIRST));
  expect(elements.some((each) => sight.isKnown(each))).toBe(false);
  look(elements.slice(20).map((each) => entry(each, false)));
  expect(sight.add(element(), nobody)).toBe(true);
  look([entry(elements.at(-1)!, true)]);
  expect(elements.map((each) => sight.isKnown(each)).lastIndexOf(true)).toBe(FIRST + 1);
});

it("counts no more what has gone", () => {
  const sight = new Sight(root);
  const elements = Array.from({ length: FIRST }, () => element());
  for (const each of elements) sight.add(each, nobody);
  expect(sight.add(element(), nobody)).toBe(false);
  sight.remove(elements[3]!);
  expect(sight.add(element(), nobody)).toBe(true);
});

it("has all that leave measured before the first one changes", () => {
  const sight = new Sight(root);
  const told: string[] = [];
  const [one, other, third] = [element(), element(), element()];
  sight.add(one, teller("one", told));
  sight.add(other, teller("other", told));
  sight.add(third, teller("third", told));
  look([entry(one, false), entry(third, true), entry(other, false)]);
  expect(told).toEqual(["one measured", "other measured", "one false", "third true", "other false"]);
});

it("leaves as it was what is off the page", () => {
  const sight = new Sight(root);
  const told: string[] = [];
  const each = element();
  sight.add(each, teller("each", told));
  look([entry(each, true)]);
  look([entry(each, false, 0)]);
  expect(told).toEqual(["each true"]);
  expect(sight.isKnown(each)).toBe(true);
  look([entry(each, false)]);
  expect(told).toEqual(["each true", "each measured", "each false"]);
  expect(sight.isKnown(each)).toBe(false);
});
