import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Store } from "./store";
import type { Analysis, Edit, EditorData, ExperimentDocument } from "./types";

const named = (name: string) => ({ name, network: { items: [] } }) as unknown as ExperimentDocument;

const told = (epoch: number, document: ExperimentDocument) =>
  ({ epoch, rev: 0, document, analysis: null, catalogue: null, read_only: false, for_next_run: false }) as EditorData;

function newStore(): { store: Store; sent: Edit[] } {
  const sent: Edit[] = [];
  const preview = () => null;
  const store = new Store({
    preview,
    send: (edit) => sent.push(edit),
    ask: vi.fn(),
    render: vi.fn(),
    announce: vi.fn(),
  });
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

it("takes the answer to a preview, if it is of the document that is shown", () => {
  const { store } = newStore();
  store.receive(told(1, named("stored")));
  store.commit(named("edited"));
  const analysis = { rev: 1, base: null, gone: [], items: {}, problems: [] } as unknown as Analysis;
  expect(store.answered(2, analysis)).toBe(false);
  expect(store.isAnalysed).toBe(false);
  expect(store.answered(1, analysis)).toBe(true);
  expect(store.isAnalysed).toBe(true);
});

describe("an edit that can be previewed", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("requestAnimationFrame", (act: () => void) => setTimeout(act, 16));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  function previewing() {
    const [previewed, sent]: [number[], number[]] = [[], []];
    let draw = () => {};
    const preview = (edit: Edit) => {
      previewed.push(edit.rev);
      return new Promise<void>((resolve) => (draw = resolve));
    };
    const send = (edit: Edit) => sent.push(edit.rev);
    const store = new Store({ preview, send, ask: vi.fn(), render: vi.fn(), announce: vi.fn() });
    store.receive(told(1, named("stored")));
    return { store, previewed, sent, draw: () => draw() };
  }

  it("is sent once the preview is drawn", async () => {
    const { store, previewed, sent, draw } = previewing();
    store.commit(named("edited"));
    await vi.advanceTimersByTimeAsync(0);
    expect([previewed, sent]).toEqual([[1], []]);
    draw();
    await vi.advanceTimersByTimeAsync(17);
    expect(sent).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual([1]);
  });

  it("is sent all the same if no answer comes", async () => {
    const { store, sent } = previewing();
    store.commit(named("edited"));
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toEqual([1]);
  });

  it("is sent before the next one and before whatever else is asked", async () => {
    const { store, previewed, sent } = previewing();
    store.commit(named("edited"));
    await vi.advanceTimersByTimeAsync(0);
    store.commit(named("edited again"));
    expect(sent).toEqual([1]);
    await vi.advanceTimersByTimeAsync(0);
    store.ask("undo");
    expect([previewed, sent]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});
