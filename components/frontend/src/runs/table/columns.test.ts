import { expect, test } from "vitest";
import { COLUMNS, moment } from "./columns";
import { tableRow } from "./fixture";

const text = (id: string, changes = {}) =>
  COLUMNS.find((column) => column.id === id)!.text(tableRow(2, changes), new Date());

test("a number that is not known is empty, and one that is still to be read says so", () => {
  expect(text("best_accuracy")).toBe("95.0 % · 40");
  expect(text("best_accuracy", { best_accuracy: null })).toBe("");
  expect(text("best_accuracy", { best_accuracy: null, is_known: false })).toBe("…");
});

test("numbers have no more digits than are read", () => {
  expect(text("train_loss", { train_loss: 0.0123456 })).toBe("0.0123");
  expect(text("num_parameters")).toBe("56,394");
  expect(text("epochs", { epochs: 2.04 })).toBe("2.0");
});

test("a moment of today is a time, an older one a day", () => {
  const now = new Date(2026, 10, 26, 14, 5);
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime() / 1000;
  expect(moment(at(2026, 10, 26, 9, 3), now)).toBe("09:03");
  expect(moment(at(2026, 9, 3, 9, 3), now)).toBe("3 Oct 09:03");
  expect(moment(at(2025, 9, 3, 9, 3), now)).toBe("3 Oct 2025");
});
