import { expect, it, vi } from "vitest";
import { Store } from "./store";
import type { Analysis, Edit, EditorData, ExperimentDocument } from "./types";

const named = (name: string) => ({ name, network: { items: [] } }) as unknown as ExperimentDocument;

const told = (epoch: number, document: ExperimentDocument) =>
  ({ epoch, rev: 0, document, analysis: null, catalogue: null, read_only: false, for_next_run: false }) as EditorData;

function newStore(): { store: Store; sent: Edit[] } {
  const sent: Edit[] = [];
  const store = new Store({ send: (edit) => sent.push(edit), ask: vi.fn(), render: vi.fn(), announce: vi.fn() });
  return { store, sent };
}

it("sends what is still being typed when the server's document overtakes it", () => {
  const { store, sent } = newStore();
  store.receive(told(1, named("stored")));
  store.commit(named("typed"), null, false, "name");
  expect(sent).toEqual([]);
  store.receive(told(2, named("changed elsewhere")));
  expect(sent).toMatchObject([{ epoch: 1, rev: 1, document: { name: "typed" } }]);
  expect(store.document).toEqual(named("changed elsewhere"));
});

it("sends nothing when nothing is being typed", () => {
  const { store, sent } = newStore();
  store.receive(told(1, named("stored")));
  store.receive(told(2, named("changed elsewhere")));
  expect(sent).toEqual([]);
});

it("takes an answer that was asked for beside the script, if it is of the document that is shown", () => {
  const { store } = newStore();
  store.receive(told(1, named("stored")));
  store.commit(named("edited"));
  const analysis = { rev: 1, base: null, gone: [], items: {}, problems: [] } as unknown as Analysis;
  expect(store.answered(2, analysis)).toBe(false);
  expect(store.isAnalysed).toBe(false);
  expect(store.answered(1, analysis)).toBe(true);
  expect(store.isAnalysed).toBe(true);
});
