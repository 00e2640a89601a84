import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Findings } from "./findings";

type Answer = (status: number, content?: unknown) => Promise<void>;

let asked: { address: string; answer: Answer }[] = [];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("window", { location: { pathname: "/" } });
  vi.stubGlobal(
    "fetch",
    (address: URL | string) =>
      new Promise((resolve) => {
        const answer: Answer = async (status, content) => {
          resolve({ status, statusText: "", json: () => Promise.resolve(content) });
          await new Promise((done) => setTimeout(done));
        };
        asked.push({ address: String(address), answer });
      }),
  );
});

afterEach(() => vi.unstubAllGlobals());

const numbers = () =>
  asked.map(({ address }) => Number(new URL(address, "http://localhost").searchParams.get("finding")));

test("a finding is asked for once, and kept", async () => {
  const arrived = vi.fn();
  const findings = new Findings(arrived);
  expect(findings.content("feed/finding", "r1/mistakes", 1)).toBeNull();
  expect(findings.content("feed/finding", "r1/mistakes", 1)).toBeNull();
  expect(numbers()).toEqual([1]);
  await asked[0]!.answer(200, { empty: "one" });
  expect(arrived).toHaveBeenCalledTimes(1);
  expect(findings.content("feed/finding", "r1/mistakes", 1)).toEqual({ empty: "one" });
  expect(numbers()).toEqual([1]);
});

test("of findings that follow each other faster than they come, one at a time is asked for, and what came is shown", async () => {
  const findings = new Findings(() => {});
  for (const number of [1, 2, 3]) findings.content("feed/finding", "r1/mistakes", number);
  findings.content("feed/finding", "r2/mistakes", 7);
  expect(numbers()).toEqual([1, 7]);
  await asked[0]!.answer(200, { empty: "one" });
  expect(findings.content("feed/finding", "r1/mistakes", 4)).toBeNull();
  expect(findings.cameLast("r1/mistakes")).toEqual({ empty: "one" });
  expect(findings.cameLast("r2/mistakes")).toBeNull();
  expect(numbers()).toEqual([1, 7, 4]);
});

test("one that is not there any more leaves what came before", async () => {
  const findings = new Findings(() => {});
  findings.content("feed/finding", "r1/mistakes", 1);
  await asked[0]!.answer(200, { empty: "one" });
  findings.content("feed/finding", "r1/mistakes", 2);
  await asked[1]!.answer(204);
  expect(findings.cameLast("r1/mistakes")).toEqual({ empty: "one" });
  expect(findings.content("feed/finding", "r1/mistakes", 2)).toBeNull();
  expect(numbers()).toEqual([1, 2]);
});
