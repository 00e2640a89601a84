/** All runs of the experiment in a dialog: found, sorted, compared, named, tagged, deleted; and which of them are drawn. */

import { h, place, setAttribute, setHidden, setText } from "../../shared/dom";
import { beside, Following } from "../../shared/feed";
import { saveFrom } from "../../shared/save";
import { Body } from "./body";
import { COLUMNS, type Column } from "./columns";
import { Details, whyKept } from "./details";
import { ALL, counted, DELETED, type Filter, matches, type Order, ordered } from "./filter";
import { Held, PATIENCE_MS } from "./held";
import { Selection } from "./selection";
import { SideBySide } from "./side";
import type { DifferenceNews, RunAction, TableNews, TableRow } from "./types";

export interface TableEvents {
  act(action: RunAction): void;
  choose(change: (shown: string[]) => string[]): void;
}

type Tab = "runs" | "side";

export class RunTable {
  private readonly element: HTMLDialogElement;
  private readonly held = new Held();
  private readonly selection = new Selection();
  private readonly filter: Filter = { words: "", status: ALL, tag: ALL };
  private order: Order = { column: COLUMNS[0]!, isDescending: true };
  private readonly rows = new Following((news) => this.take(news as TableNews | null), { sleeps: true });
  private readonly differences = new Following((news) => this.differ(news as DifferenceNews | null), { sleeps: true });
  private readonly count = h("span", { class: "rt-count", role: "status" });
  private readonly words = h("input", {
    type: "search",
    class: "rt-find",
    placeholder: "Find by name, tag, note, what differs",
  });
  private readonly status = h("select", { "aria-label": "Status" });
  private readonly tag = h("select", { "aria-label": "Tag" });
  private readonly csv = h(
    "button",
    { type: "button", title: "Loss, accuracy, norms and rates of every step" },
    "CSV of drawn runs",
  );
  private readonly tabs = new Map<Tab, HTMLButtonElement>();
  private readonly tools: HTMLElement;
  private readonly none = h("p", { class: "rt-words" });
  private readonly body: Body;
  private readonly details: Details;
  private readonly side = new SideBySide();
  private readonly undone = h("div", { class: "rt-undo", role: "status" });
  private address: string | null = null;
  private tab: Tab = "runs";
  private shown: readonly string[] = [];
  private most = 0;
  private seen: string[] = [];
  private told: DifferenceNews | null = null;
  private undo: { ids: string[]; text: string; shown: readonly string[] } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    root: HTMLElement,
    private readonly events: TableEvents,
  ) {
    this.body = new Body({
      press: (id, keys) => this.select(() => this.selection.press(id, this.seen, keys)),
      draw: (id) => this.toggle([id]),
      sort: (column) => this.sort(column),
      key: (event) => this.key(event),
      open: () => this.details.editName(),
    });
    this.details = new Details({
      rename: (id, name) => this.act({ kind: "rename_run", id, name }, [id], () => ({ name })),
      note: (id, notes) => this.act({ kind: "set_notes", id, notes }, [id], () => ({ notes })),
      retag: (tags) => this.act({ kind: "set_tags", tags }, Object.keys(tags), (id) => ({ tags: tags[id]! })),
      draw: (ids) => this.toggle(ids),
      front: (id) => this.events.choose((chosen) => [id, ...chosen.filter((each) => each !== id)].slice(0, this.most)),
      remove: (ids) => this.remove(ids),
      restore: (ids) => this.restore(ids, this.shown),
    });
    const close = h(
      "button",
      { type: "button", class: "hr-quiet rt-close", "aria-label": "Close", title: "Close (Escape)" },
      "✕",
    );
    close.addEventListener("click", () => this.element.close());
    this.tools = h("div", { class: "rt-tools" }, this.words, this.status, this.tag, this.count);
    const head = h(
      "header",
      { class: "rt-head" },
      h("h2", {}, "Runs"),
      h(
        "div",
        { class: "rt-tabs", role: "tablist" },
        this.makeTab("runs", "All"),
        this.makeTab("side", "Side by side"),
      ),
      this.tools,
      this.csv,
      close,
    );
    this.element = h("dialog", { class: "rt-dialog", role: "dialog", "aria-label": "Runs" });
    this.element.append(head, this.body.element, this.none, this.side.element, this.details.element, this.undone);
    // What is typed or pressed here is nobody else's on the page.
    for (const name of ["keydown", "keyup"]) this.element.addEventListener(name, (event) => event.stopPropagation());
    // The backdrop; a press that began in a field and ends there is none.
    this.element.addEventListener("pointerdown", (event) => {
      if (event.target === this.element) this.element.close();
    });
    this.element.addEventListener("close", () => this.rest());
    this.words.addEventListener("input", () => this.refilter({ words: this.words.value }));
    this.status.addEventListener("change", () => this.refilter({ status: this.status.value }));
    this.tag.addEventListener("change", () => this.refilter({ tag: this.tag.value }));
    this.csv.addEventListener("click", () => saveFrom(beside(`csv/scalars?runs=${this.shown.join()}`)));
    root.append(this.element);
  }

  open(): void {
    this.element.showModal();
    this.follow();
    this.draw();
    this.body.element.focus();
  }

  update(address: string | null, shown: readonly string[], most: number): void {
    this.address = address;
    this.shown = shown;
    this.most = most;
    if (address === null && this.element.open) this.element.close();
    this.follow();
    this.draw();
  }

  /** Put into another place of the page, a dialog is open and no longer on top. */
  back(): void {
    if (!this.element.open || this.element.matches(":modal")) return;
    this.element.close();
    this.open();
  }

  destroy(): void {
    this.rest();
    this.body.destroy();
    this.element.remove();
  }

  /** Only while it is seen. */
  private follow(): void {
    if (!this.element.open) return;
    this.rows.to(this.address);
    this.differences.to(
      this.tab === "side" && this.shown.length > 1 ? `feed/differences?runs=${this.shown.join()}` : null,
    );
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.rows.rest();
    this.differences.rest();
    this.undo = null;
  }

  private take(news: TableNews | null): boolean {
    if (news === null) return true;
    const isWhole = this.held.apply(news);
    if (isWhole) this.draw();
    return isWhole;
  }

  private differ(news: DifferenceNews | null): void {
    this.told = news;
    this.draw();
  }

  private draw(): void {
    if (!this.element.open) return;
    const all = this.held.all(performance.now());
    this.offer(all);
    const rows = ordered(
      all.filter((row) => matches(row, this.filter)),
      this.order,
    );
    const before = this.seen;
    this.seen = rows.map((row) => row.id);
    this.selection.keep(this.seen, before);
    const isFull = this.shown.length >= this.most;
    const { ids, active } = this.selection;
    const order = this.order;
    this.body.draw({ rows, order, shown: this.shown, isFull, selected: ids, active });
    this.details.draw(
      rows.filter((row) => ids.has(row.id)),
      this.shown,
      this.most,
    );
    const byId = new Map(all.map((row) => [row.id, row]));
    this.side.draw(
      this.shown.flatMap((id) => byId.get(id) ?? []),
      this.told,
    );
    const isSide = this.tab === "side";
    for (const [name, button] of this.tabs) setAttribute(button, "aria-selected", String(name === this.tab));
    setAttribute(this.element, "data-tab", this.tab);
    setHidden(this.tools, isSide);
    setHidden(this.none, isSide || rows.length > 0);
    setText(this.none, all.length === 0 ? "No run yet." : "No run is so. Change what is looked for above.");
    const unread = all.length - this.held.known;
    const reading = unread > 0 ? `, reading ${unread} more` : "";
    setText(
      this.count,
      `${rows.length} of ${all.length} · ${this.shown.length} drawn of at most ${this.most}${reading}`,
    );
    setAttribute(this.csv, "disabled", this.shown.length === 0);
    this.drawUndo();
  }

  private drawUndo(): void {
    setHidden(this.undone, this.undo === null);
    if (this.undo === null || this.undone.dataset["text"] === this.undo.text) return;
    const { ids, text, shown } = this.undo;
    this.undone.dataset["text"] = text;
    const press = h("button", { type: "button", onclick: () => this.restore(ids, shown) }, "Undo");
    place(this.undone, [h("span", {}, text), press]);
  }

  /** What the lists offer to filter by. */
  private offer(all: readonly TableRow[]): void {
    const there = all.filter((row) => row.deleted_at === null);
    const gone = all.length - there.length;
    const statuses: [string, string][] = counted(there.map((row) => row.status)).map(([name, count]) => [
      name,
      `${name} (${count})`,
    ]);
    if (gone > 0) statuses.push([DELETED, `deleted (${gone})`]);
    fill(this.status, [[ALL, "any status"], ...statuses], this.filter.status);
    const tags = counted(all.flatMap((row) => row.tags)).map(([name, count]): [string, string] => [
      name,
      `${name} (${count})`,
    ]);
    fill(this.tag, [[ALL, tags.length > 0 ? "any tag" : "no tags yet"], ...tags], this.filter.tag);
    this.filter.status = this.status.value;
    this.filter.tag = this.tag.value;
  }

  private refilter(change: Partial<Filter>): void {
    Object.assign(this.filter, change);
    this.body.element.scrollTop = 0;
    this.draw();
  }

  private sort(column: Column): void {
    const isSame = column.id === this.order.column.id;
    this.order = { column, isDescending: isSame ? !this.order.isDescending : column.greatestFirst };
    this.draw();
  }

  private select(change: () => void): void {
    change();
    this.draw();
    if (this.selection.active !== null) this.body.scrollTo(this.selection.active);
  }

  private key(event: KeyboardEvent): void {
    const { selection, seen } = this;
    const move = (by: number) => this.select(() => selection.move(by, seen, event.shiftKey));
    const page = this.body.numInSight;
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      PageDown: () => move(page),
      PageUp: () => move(-page),
      Home: () => move(-seen.length),
      End: () => move(seen.length),
      " ": () => this.toggle([...selection.ids]),
      F2: () => this.details.editName(),
      Delete: () => this.remove([...selection.ids]),
    };
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") this.select(() => selection.all(seen));
    else if (keys[event.key] !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) keys[event.key]!();
    else return;
    event.preventDefault();
  }

  private chosen(ids: readonly string[]): TableRow[] {
    const now = performance.now();
    return ids.flatMap((id) => this.held.row(id, now) ?? []);
  }

  private toggle(ids: string[]): void {
    const there = this.chosen(ids).filter((row) => row.deleted_at === null);
    if (there.length === 0) return;
    const wanted = there.map((row) => row.id);
    const areShown = wanted.every((id) => this.shown.includes(id));
    this.events.choose((chosen) =>
      areShown
        ? chosen.filter((id) => !wanted.includes(id))
        : [...chosen, ...wanted.filter((id) => !chosen.includes(id))].slice(0, this.most),
    );
  }

  private remove(ids: string[]): void {
    const rows = this.chosen(ids).filter((row) => row.deleted_at === null);
    if (rows.length === 0 || whyKept(rows) !== "") return;
    const gone = rows.map((row) => row.id);
    const one = rows[0]!;
    const text = rows.length === 1 ? `#${one.number} ${one.name} was deleted.` : `${rows.length} runs were deleted.`;
    this.undo = { ids: gone, text, shown: this.shown };
    this.act({ kind: "delete_runs", ids: gone }, gone, () => ({ deleted_at: Date.now() / 1000 }));
    this.body.element.focus();
  }

  private restore(ids: string[], shown: readonly string[]): void {
    this.undo = null;
    this.act({ kind: "restore_runs", ids, shown: [...shown] }, ids, () => ({ deleted_at: null }));
    this.body.element.focus();
  }

  private act(action: RunAction, ids: readonly string[], change: (id: string) => Partial<TableRow>): void {
    const now = performance.now();
    for (const id of ids) this.held.change(id, change(id), now);
    this.events.act(action);
    this.draw();
    // What was refused is as before.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), PATIENCE_MS + 100);
  }

  private makeTab(name: Tab, text: string): HTMLButtonElement {
    const button = h("button", { type: "button", role: "tab" }, text);
    button.addEventListener("click", () => {
      this.tab = name;
      this.follow();
      this.draw();
    });
    this.tabs.set(name, button);
    return button;
  }
}

function fill(select: HTMLSelectElement, options: readonly [string, string][], value: string): void {
  const text = JSON.stringify(options);
  if (select.dataset["options"] === text) return;
  select.dataset["options"] = text;
  place(
    select,
    options.map(([name, title]) => h("option", { value: name }, title)),
  );
  select.value = options.some(([name]) => name === value) ? value : ALL;
}
