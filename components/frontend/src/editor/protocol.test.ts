import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Ownership, RETRY_MS, Unconfirmed } from "./protocol";
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
  expect(owner.document).toBe(second.document);
});

test("a higher epoch is adopted even when its rev is lower", () => {
  const owner = new Ownership();
  owner.receive(1, 0, named("start"));
  owner.edit(named("one"));
  expect(owner.receive(2, 0, named("preset"))).toBe(true);
  expect(owner.document?.["name"]).toBe("preset");
  expect(owner.edit(named("after"))).toMatchObject({ epoch: 2, rev: 1 });
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
    sent.push(owner.edit(named(`edit ${index}`)));
    const echo = sent[index - 4];
    if (echo) owner.receive(echo.epoch, echo.rev, echo.document);
  }
  for (const echo of sent.slice(-4)) owner.receive(echo.epoch, echo.rev, echo.document);
  expect(owner.document?.["name"]).toBe("edit 100");
});

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const edit = (epoch: number, rev: number): Edit => ({
  epoch,
  rev,
  document: named(`edit ${rev}`),
  analysed: null,
  gesture: rev,
});

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
  expect(sent.map((each) => each.rev)).toEqual([4, 4]);
});

test("an edit that Python has overtaken is sent once more, for it may have been lost", () => {
  const { outbox, sent } = unconfirmed();
  outbox.push(edit(1, 1));
  outbox.receive(2, 0);
  outbox.receive(2, 0);
  expect(sent.map((each) => each.epoch)).toEqual([1, 1]);
});

test("of several edits the newest counts, for it holds them all", () => {
  const { outbox, sent } = unconfirmed();
  outbox.push(edit(1, 1));
  outbox.push(edit(1, 2));
  vi.advanceTimersByTime(RETRY_MS + 1);
  outbox.receive(1, 1);
  expect(sent.map((each) => each.rev)).toEqual([1, 2, 2]);
});
