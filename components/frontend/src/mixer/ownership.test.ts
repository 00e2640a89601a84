import { expect, test } from "vitest";
import { Ownership } from "./ownership";
import type { Group } from "./types";

const group = (name: string, learning_rate: number, frozen = false): Group => ({
  name,
  learning_rate,
  frozen,
  colour: "#4477AA",
  weight_decay: 0,
  num_parameters: 10,
});

test("an echo of an older edit never takes a value back", () => {
  const owner = new Ownership();
  owner.receive({ epoch: 1, rev: 0, groups: [group("Stem", 0.1)] });
  owner.change({ Stem: { learning_rate: 0.2 } }, "Stem");
  owner.change({ Stem: { learning_rate: 0.3 } }, "Stem");
  owner.receive({ epoch: 1, rev: 1, groups: [group("Stem", 0.2)] });
  expect(owner.of("Stem").learning_rate).toBe(0.3);
});

test("what the server says after it has seen every edit counts", () => {
  const owner = new Ownership();
  owner.receive({ epoch: 1, rev: 0, groups: [group("Stem", 0.1)] });
  owner.change({ Stem: { learning_rate: 70 } }, "Stem");
  owner.receive({ epoch: 1, rev: 1, groups: [group("Stem", 10)] });
  expect(owner.of("Stem").learning_rate).toBe(10);
});

test.each([2, 0])("epoch %i after epoch 1 is adopted whatever its rev", (epoch) => {
  const owner = new Ownership();
  owner.receive({ epoch: 1, rev: 0, groups: [group("Stem", 0.1)] });
  for (const rate of [0.2, 0.3]) owner.change({ Stem: { learning_rate: rate } }, "Stem");
  owner.receive({ epoch, rev: 0, groups: [group("Stem", 5, true)] });
  expect(owner.of("Stem")).toEqual({ learning_rate: 5, weight_decay: 0, frozen: true });
  owner.change({ Stem: { frozen: false } }, "Stem");
  expect(owner.edit()).toEqual({
    epoch,
    rev: 1,
    gesture: 1,
    groups: [{ name: "Stem", learning_rate: 5, weight_decay: 0, frozen: false }],
  });
});

test("an echo with a new group shows it and keeps the newer values of the others", () => {
  const owner = new Ownership();
  owner.receive({ epoch: 1, rev: 0, groups: [group("Stem", 0.1)] });
  owner.change({ Stem: { learning_rate: 0.2 } }, "Stem");
  owner.receive({ epoch: 1, rev: 0, groups: [group("Head", 0.5), group("Stem", 0.1)] });
  expect(owner.edit().groups.map(({ name, learning_rate }) => [name, learning_rate])).toEqual([
    ["Head", 0.5],
    ["Stem", 0.2],
  ]);
});

test("setting what is already set is no edit", () => {
  const owner = new Ownership();
  owner.receive({ epoch: 1, rev: 4, groups: [group("Stem", 0.1)] });
  expect(owner.change({ Stem: { learning_rate: 0.1 } }, "Stem")).toBe(false);
  expect(owner.edit().rev).toBe(4);
});

test("a hundred quick edits with echoes that lag by three keep the last one", () => {
  const owner = new Ownership();
  owner.receive({ epoch: 1, rev: 0, groups: [group("Stem", 100)] });
  for (let edit = 1; edit <= 100; edit++) {
    owner.change({ Stem: { learning_rate: edit / 100 } }, "Stem");
    if (edit > 3) owner.receive({ epoch: 1, rev: edit - 3, groups: [group("Stem", (edit - 3) / 100)] });
  }
  expect(owner.of("Stem").learning_rate).toBe(1);
  for (const rev of [98, 99, 100]) owner.receive({ epoch: 1, rev, groups: [group("Stem", rev / 100)] });
  expect(owner.of("Stem").learning_rate).toBe(1);
});

test("the fader's move is one edit of all groups, and its whole drag one gesture", () => {
  const owner = new Ownership();
  owner.receive({ epoch: 1, rev: 0, groups: [group("Stem", 0.1), group("Head", 0.2)] });
  for (const factor of [2, 3]) {
    owner.change({ Stem: { learning_rate: 0.1 * factor }, Head: { learning_rate: 0.2 * factor } }, "all groups");
  }
  expect(owner.edit()).toMatchObject({ rev: 2, gesture: 1 });
  expect(owner.edit().groups.map((each) => each.learning_rate / owner.edit().groups[0]!.learning_rate)).toEqual([1, 2]);
});
