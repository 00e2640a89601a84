import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow, Following } from "./feed";

interface Answer {
  status?: number;
  news?: unknown;
  version?: string;
  seconds?: number;
}

let answers: Answer[];
let asked: string[];
const page = { hidden: false, listeners: new Set<() => void>() };

function answer({ status = 200, news = null, version = "v", seconds = 1 }: Answer): Response {
  const headers = { "Highrise-Version": version, "Highrise-Seconds": String(seconds) };
  return new Response(status === 200 ? JSON.stringify(news) : null, { status, headers });
}

beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  asked = [];
  page.hidden = false;
  page.listeners.clear();
  vi.stubGlobal("window", { location: { pathname: "/base" } });
  vi.stubGlobal("document", {
    get hidden() {
      return page.hidden;
    },
    addEventListener: (_: string, listener: () => void) => page.listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => page.listeners.delete(listener),
  });
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const next = answers.shift() ?? { status: 204 };
    if (next.status === 0) throw new TypeError("no network");
    return answer(next);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

test("it asks beside the page, says what it has, and asks again when the server says", async () => {
  answers = [
    { news: { step: 1 }, version: "a.1", seconds: 0.2 },
    { status: 204, seconds: 3 },
  ];
  const taken: unknown[] = [];
  const stop = follow("feed/run?run=r1", (news) => void taken.push(news), { sleeps: true });
  await settle();
  await vi.advanceTimersByTimeAsync(199);
  expect(asked).toEqual(["/base/feed/run?run=r1&have="]);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.slice(1)).toEqual(["/base/feed/run?run=r1&have=a.1"]);
  await vi.advanceTimersByTimeAsync(2999);
  expect(asked.length).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.length).toBe(3);
  expect(taken).toEqual([{ step: 1 }]);
  stop();
});

test("who follows the same address shares its questions, and the late one is told at once", async () => {
  answers = [{ news: 1 }];
  const one: unknown[] = [];
  const other: unknown[] = [];
  const stops = [follow("feed/a", (news) => void one.push(news), { sleeps: true })];
  await settle();
  stops.push(follow("feed/a", (news) => void other.push(news), { sleeps: true }));
  expect([one, other]).toEqual([[1], [1]]);
  await settle();
  answers = [{ news: 2 }];
  await vi.advanceTimersByTimeAsync(1000);
  expect([one, other]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  for (const stop of stops) stop();
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.length).toBe(before);
});

test("who misses something asks for everything", async () => {
  answers = [{ news: "delta", version: "a.7" }];
  const stop = follow("feed/a", () => false, { sleeps: true });
  await settle();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual(["/base/feed/a?have=", "/base/feed/a?have="]);
  stop();
});

test("a server that is busy or away is asked again, less and less often", async () => {
  answers = [{ status: 0 }, { status: 503 }, { news: 1 }];
  const taken: unknown[] = [];
  const stop = follow("feed/a", (news) => void taken.push(news), { sleeps: true });
  await settle();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.length).toBe(2);
  await vi.advanceTimersByTimeAsync(2000);
  expect(taken).toEqual([1]);
  stop();
});

test("what is not there any more is not asked for again", async () => {
  answers = [{ status: 404 }];
  const stop = follow("feed/a", () => {}, { sleeps: true });
  await settle();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(1);
  stop();
});

test.each([
  [true, 1],
  [false, 4],
])("a hidden tab that sleeps (%s) asks nothing, and at once when it is seen", async (sleeps, num) => {
  const stop = follow("feed/a", () => {}, { sleeps });
  await settle();
  page.hidden = true;
  await vi.advanceTimersByTimeAsync(3000);
  expect(asked.length).toBe(num);
  page.hidden = false;
  for (const listener of page.listeners) listener();
  await settle();
  expect(asked.length).toBe(sleeps ? 2 : num);
  stop();
  expect(page.listeners.size).toBe(0);
});

test("who follows one address at a time is told of the newest alone, and of none", async () => {
  const taken: unknown[] = [];
  const following = new Following((news) => void taken.push(news), { sleeps: true });
  following.to(null);
  expect(taken).toEqual([]);
  answers = [{ news: "a" }];
  following.to("feed/a");
  following.to("feed/a");
  await settle();
  answers = [{ news: "b" }];
  following.to("feed/b");
  await settle();
  await vi.advanceTimersByTimeAsync(5000);
  expect(taken).toEqual(["a", "b"]);
  expect(asked.filter((address) => address.includes("feed/a")).length).toBe(1);
  following.rest();
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked.length).toBe(before);
  following.to("feed/b");
  following.to(null);
  expect(taken).toEqual(["a", "b", null]);
});
