import { expect, it } from "vitest";
import { Assembly } from "./merge";
import type { Message, Table } from "./message";

function message(table: Table, changes: Partial<Message> = {}): Message {
  return {
    generation: "a.1",
    full: table.first === 0,
    charts: [],
    tables: { t: table },
    fills: {},
    flags: [],
    notes: {},
    limits: {},
    axis_end: 100,
    last_step: 100,
    empty: false,
    written_at: 0,
    ...changes,
  };
}

/** Rows `first` to `last`: one value per row in `one`, two in `two`. */
function rows(first: number, last: number, factor = 1): Table {
  const x = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  return { first, x, columns: { one: x.map((row) => row * factor), two: x.flatMap((row) => [row, -row]) } };
}

it("appends new rows and replaces those it had", () => {
  const assembly = new Assembly();
  expect(assembly.apply(message(rows(0, 5)))).toBe(true);
  expect(assembly.apply(message(rows(4, 8, 10)))).toBe(true);
  expect(assembly.table("t").x).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(assembly.table("t").columns.one).toEqual([0, 1, 2, 3, 40, 50, 60, 70, 80]);
  expect(assembly.table("t").columns.two).toHaveLength(18);
  expect(assembly.table("t").columns.two!.slice(6, 10)).toEqual([3, -3, 4, -4]);
});

it("merges labels like the rows they are of, and forgets them with everything else", () => {
  const assembly = new Assembly();
  assembly.apply(message({ first: 0, x: [1, 2], columns: {}, labels: ["a", "b"] }));
  assembly.apply(message({ first: 1, x: [3, 4], columns: {}, labels: ["c", "d"] }));
  expect(assembly.table("t").labels).toEqual(["a", "c", "d"]);
  assembly.apply(message({ first: 3, x: [], columns: {}, labels: [] }));
  expect(assembly.table("t").labels).toEqual(["a", "c", "d"]);
  assembly.apply(message(rows(0, 1)));
  expect(assembly.table("t").labels).toEqual([]);
});

it("equals a full message however many overlapping ones it took", () => {
  const assembly = new Assembly();
  assembly.apply(message(rows(0, 3)));
  for (let last = 4; last < 60; last += 3) assembly.apply(message(rows(Math.max(1, last - 7), last)));
  const whole = new Assembly();
  whole.apply(message(rows(0, 58)));
  expect(assembly.table("t")).toEqual(whole.table("t"));
});

it("refuses a gap and keeps what it has", () => {
  const assembly = new Assembly();
  assembly.apply(message(rows(0, 5)));
  expect(assembly.apply(message(rows(8, 9)))).toBe(false);
  expect(assembly.table("t").x).toHaveLength(6);
  expect(assembly.apply(message(rows(6, 9)))).toBe(true);
});

it("refuses another generation that is not full, and begins again with one that is", () => {
  const assembly = new Assembly();
  assembly.apply(message(rows(0, 5)));
  expect(assembly.apply(message(rows(3, 7), { generation: "a.2" }))).toBe(false);
  expect(assembly.apply(message(rows(0, 1), { generation: "a.2" }))).toBe(true);
  expect(assembly.table("t").x).toEqual([0, 1]);
});

it("refuses a first message that is not full", () => {
  expect(new Assembly().apply(message(rows(2, 5)))).toBe(false);
});

it("takes a table without rows as no news", () => {
  const assembly = new Assembly();
  assembly.apply(message(rows(0, 5)));
  assembly.apply(message({ first: 6, x: [], columns: {} }, { full: false }));
  expect(assembly.table("t").x).toHaveLength(6);
  expect(assembly.table("t").columns.one).toHaveLength(6);
});
