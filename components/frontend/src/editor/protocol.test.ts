import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { layer, tower } from "./model/fixture";
import { insertAt, TOWER } from "./model/tree";
import { NUM_KEPT, type Outgoing, Ownership, RETRY_MS, Unconfirmed } from "./protocol";
import type { Edit, ExperimentDocument } from "./types";

const named = (name: string): ExperimentDocument => ({
  name,
  network: { items: [], next_id: 1 },
  groups: [],
  data: { dataset: "digits" },
  training: {},
});

test("the first document is adopted whatever its epoch and rev", () => {
  const owner = new Ownership();
  expect(owner.receive(7, 3, named("first"))).toBe(true);
  expect([owner.epoch, owner.rev]).toEqual([7, 3]);
});

test("an echo of an older edit never replaces a newer one", () => {
  const owner = new Ownership();
  owner.receive(1, 0, named("start"));
  owner.edit(named("one"));
  const second = owner.edit(named("two"));
  expect(owner.receive(1, 1, named("one"))).toBe(false);
  expect(owner.receive(1, 2, named("two"))).toBe(false);
  expect(owner.document).toBe(second.whole.document);
});

test("a higher epoch is adopted even when its rev is lower", () => {
  const owner = new Ownership();
  owner.receive(1, 0, named("start"));
  owner.edit(named("one"));
  expect(owner.receive(2, 0, named("preset"))).toBe(true);
  expect(owner.document?.["name"]).toBe("preset");
  expect(owner.edit(named("after")).whole).toMatchObject({ epoch: 2, rev: 1 });
});

test("a stale message of an older epoch is ignored", () => {
  const owner = new Ownership();
  owner.receive(2, 0, named("preset"));
  expect(owner.receive(1, 9, named("old"))).toBe(false);
  expect(owner.document?.["name"]).toBe("preset");
});

test("a hundred quick edits with echoes that lag by three keep the last one", () => {
  const owner = new Ownership();
  owner.receive(1, 0, named("start"));
  const sent = [];
  for (let index = 1; index <= 100; index++) {
    owner.edit(named(`edit ${index}`));
    sent.push({ epoch: 1, rev: index, document: named(`edit ${index}`) });
    const echo = sent[index - 4];
    if (echo) owner.receive(echo.epoch, echo.rev, echo.document);
  }
  for (const echo of sent.slice(-4)) owner.receive(echo.epoch, echo.rev, echo.document);
  expect(owner.document?.["name"]).toBe("edit 100");
});

test("an edit is short where the document that the server has answered is known, and the whole is at hand", () => {
  const owner = new Ownership();
  const start = tower(layer("i1"));
  owner.receive(1, 0, start);
  const more = insertAt(start, { list: TOWER, index: 1 }, [layer("i2")]);
  const first = owner.edit(more, 0);
  expect(first.short).toEqual({
    ...first.whole,
    document: { ...more, network: { ...more.network, items: ["i1", layer("i2")] } },
  });
  expect(first.whole.document).toBe(more);
  expect(owner.edit(more, 0).short.document.network.items).toEqual(["i1", layer("i2")]);
  expect(owner.edit(more, 1).short.document.network.items).toEqual(["i1", "i2"]);
  expect(owner.edit(more, null).short.document).toBe(more);
  expect(owner.edit(more, 99).short.document).toBe(more);
});

test("documents of another epoch and older ones than can be asked about are no base", () => {
  const owner = new Ownership();
  const document = tower(layer("i1"));
  owner.receive(1, 0, document);
  for (let rev = 1; rev < NUM_KEPT; rev++) owner.edit(document, 0);
  expect(owner.edit(document, 0).short.document.network.items).toEqual(["i1"]);
  expect(owner.edit(document, 0).short.document).toBe(document);
  owner.receive(2, 0, document);
  expect(owner.edit(document, 1).short.document).toBe(document);
  expect(owner.edit(document, 0).short.document.network.items).toEqual(["i1"]);
});

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const edit = (epoch: number, rev: number): Outgoing => {
  const whole = { epoch, rev, document: named(`edit ${rev}`), analysed: null, gesture: rev };
  return { short: { ...whole, document: named("short") }, whole };
};

function unconfirmed(): { outbox: Unconfirmed; sent: Edit[] } {
  const sent: Edit[] = [];
  return { outbox: new Unconfirmed((each) => sent.push(each)), sent };
}

test("an edit that the server has taken is not sent again", () => {
  const { outbox, sent } = unconfirmed();
  outbox.push(edit(1, 1));
  vi.advanceTimersByTime(2 * RETRY_MS);
  outbox.receive(1, 1);
  outbox.receive(1, 0);
  outbox.receive(2, 0);
  expect(sent).toHaveLength(1);
});

test("an edit that was lost is sent again, after a while and until it is taken", () => {
  const { outbox, sent } = unconfirmed();
  outbox.push(edit(1, 4));
  outbox.receive(1, 3);
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(RETRY_MS + 1);
  outbox.receive(1, 3);
  outbox.receive(1, 3);
  expect(sent).toHaveLength(2);
  vi.advanceTimersByTime(RETRY_MS + 1);
  outbox.receive(1, 4);
  outbox.receive(1, 3);
  expect(sent.map((each) => [each.rev, each.document["name"]])).toEqual([
    [4, "short"],
    [4, "edit 4"],
  ]);
});

test("an edit that Python has overtaken is sent once more, for it may have been lost", () => {
  const { outbox, sent } = unconfirmed();
  outbox.push(edit(1, 1));
  outbox.receive(2, 0);
  outbox.receive(2, 0);
  expect(sent.map((each) => [each.epoch, each.document["name"]])).toEqual([
    [1, "short"],
    [1, "edit 1"],
  ]);
});

test("of several edits the newest counts, for it holds them all", () => {
  const { outbox, sent } = unconfirmed();
  outbox.push(edit(1, 1));
  outbox.push(edit(1, 2));
  vi.advanceTimersByTime(RETRY_MS + 1);
  outbox.receive(1, 1);
  expect(sent.map((each) => each.rev)).toEqual([1, 2, 2]);
});
