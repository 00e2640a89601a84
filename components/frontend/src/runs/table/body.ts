/** The rows of the table: of a long list those in sight are made. */

import { h, place, setAttribute, setStyle, setText } from "../../shared/dom";
import { lineSample } from "../../shared/lines";
import { SIGNS, TONES } from "../words";
import { COLUMNS, type Column } from "./columns";
import type { Order } from "./filter";
import type { Keys } from "./selection";
import type { TableRow } from "./types";
import { ROW_PX, scrollFor, windowOf } from "./window";

const HEAD_PX = 30;

export interface BodyEvents {
  press(id: string, keys: Keys): void;
  draw(id: string): void;
  sort(column: Column): void;
  key(event: KeyboardEvent): void;
  open(): void;
}

export interface Drawn {
  rows: readonly TableRow[];
  order: Order;
  shown: readonly string[];
  isFull: boolean;
  selected: ReadonlySet<string>;
  active: string | null;
}

class RowView {
  readonly element: HTMLTableRowElement;
  private readonly box: HTMLInputElement;
  private readonly cells: HTMLTableCellElement[];
  private look = "";

  constructor(id: string, events: BodyEvents) {
    this.box = h("input", {
      type: "checkbox",
      tabindex: -1,
      onclick: (event: MouseEvent) => event.stopPropagation(),
      onchange: () => events.draw(id),
    });
    this.cells = COLUMNS.map((column) => h("td", { "data-column": column.id, "data-number": column.isNumber }));
    this.element = h(
      "tr",
      {
        id: `rt-${id}`,
        "data-run": id,
        onclick: (event: MouseEvent) => events.press(id, event),
        ondblclick: () => events.open(),
      },
      h("td", { class: "rt-box" }, this.box),
      ...this.cells,
    );
  }

  draw(row: TableRow, place_: number, drawn: Drawn, now: Date): void {
    const isShown = drawn.shown.includes(row.id);
    this.box.checked = isShown;
    setAttribute(this.box, "disabled", row.deleted_at !== null || (drawn.isFull && !isShown));
    setAttribute(this.box, "aria-label", `Draw run #${row.number}`);
    setAttribute(this.element, "aria-selected", String(drawn.selected.has(row.id)));
    setAttribute(this.element, "aria-rowindex", place_ + 2);
    setAttribute(this.element, "data-active", row.id === drawn.active);
    setAttribute(this.element, "data-shown", isShown);
    COLUMNS.forEach((column, index) => this.write(this.cells[index]!, column, row, now));
  }

  private write(cell: HTMLTableCellElement, column: Column, row: TableRow, now: Date): void {
    const text = column.text(row, now);
    if (column.id === "number") {
      const look = `${row.colour} ${row.dash} ${text}`;
      if (look !== this.look) place(cell, [lineSample(row.colour, row.dash, 22), h("span", {}, text)]);
      this.look = look;
      return;
    }
    if (column.id === "tags") {
      if (cell.dataset["tags"] !== text)
        place(
          cell,
          row.tags.map((tag) => h("span", { class: "rt-tag" }, tag)),
        );
      cell.dataset["tags"] = text;
    } else setText(cell, column.id === "status" ? `${SIGNS[row.status]} ${text}` : text);
    if (column.id === "status") setAttribute(cell, "data-tone", TONES[row.status]);
    const whole = column.id === "status" && row.reason !== "" ? `${row.status}: ${row.reason}` : text;
    setAttribute(cell, "title", column.isNumber ? null : whole || null);
  }
}

export class Body {
  /** The one place for keys: rows come and go under it. */
  readonly element: HTMLElement;
  private readonly heads = new Map<string, HTMLButtonElement>();
  private readonly before = h("tr", { class: "rt-space", "aria-hidden": "true" });
  private readonly after = h("tr", { class: "rt-space", "aria-hidden": "true" });
  private readonly rows = h("tbody");
  private readonly table: HTMLTableElement;
  private readonly views = new Map<string, RowView>();
  private drawn: Drawn | null = null;
  private frame = 0;

  constructor(private readonly events: BodyEvents) {
    const titles = COLUMNS.map((column) => {
      const button = h("button", { type: "button", title: `${column.help}. Click to sort.` }, column.title);
      button.addEventListener("click", () => events.sort(column));
      this.heads.set(column.id, button);
      return h("th", { scope: "col", "data-column": column.id, "data-number": column.isNumber }, button);
    });
    const drawnHead = h("th", { scope: "col", class: "rt-box", title: "Drawn in the charts (Space)" }, "✓");
    const widths = [26, ...COLUMNS.map((column) => column.width)];
    const all = widths.reduce((sum, width) => sum + width, 0);
    const columns = widths.map((width) => {
      const column = h("col");
      setStyle(column, "width", `${(100 * width) / all}%`);
      return column;
    });
    this.table = h(
      "table",
      { class: "rt-table", "aria-multiselectable": "true", role: "grid" },
      h("colgroup", {}, ...columns),
      h("thead", {}, h("tr", {}, drawnHead, ...titles)),
      this.rows,
    );
    this.element = h("div", { class: "rt-scroll", tabindex: 0, "aria-label": "Runs" }, this.table);
    this.element.addEventListener("keydown", (event) => {
      // A head's own keys sort.
      if (event.composedPath()[0] === this.element) events.key(event);
    });
    this.element.addEventListener("scroll", () => this.later(), { passive: true });
  }

  draw(drawn: Drawn): void {
    this.drawn = drawn;
    for (const column of COLUMNS) {
      const isSorted = column.id === drawn.order.column.id;
      const head = this.heads.get(column.id)!;
      const sign = isSorted ? (drawn.order.isDescending ? "descending" : "ascending") : null;
      setAttribute(head.parentElement!, "aria-sort", sign);
    }
    setAttribute(this.table, "aria-rowcount", drawn.rows.length + 1);
    this.fill();
  }

  /** Rows that fit at once. */
  get numInSight(): number {
    return Math.max(1, Math.floor((this.element.clientHeight - HEAD_PX) / ROW_PX));
  }

  scrollTo(id: string): void {
    const at = this.drawn?.rows.findIndex((row) => row.id === id) ?? -1;
    if (at < 0) return;
    const { scrollTop, clientHeight } = this.element;
    this.element.scrollTop = scrollFor(at, scrollTop, clientHeight, HEAD_PX);
    this.fill();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
  }

  private later(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.fill());
  }

  private fill(): void {
    const { drawn } = this;
    if (drawn === null) return;
    const { first, end } = windowOf(this.element.scrollTop, this.element.clientHeight, drawn.rows.length);
    const now = new Date();
    const seen = drawn.rows.slice(first, end);
    const ids = new Set(seen.map((row) => row.id));
    for (const id of [...this.views.keys()]) if (!ids.has(id)) this.views.delete(id);
    const elements = seen.map((row, index) => {
      let view = this.views.get(row.id);
      if (view === undefined) this.views.set(row.id, (view = new RowView(row.id, this.events)));
      view.draw(row, first + index, drawn, now);
      return view.element;
    });
    setStyle(this.before, "height", `${first * ROW_PX}px`);
    setStyle(this.after, "height", `${(drawn.rows.length - end) * ROW_PX}px`);
    place(this.rows, [this.before, ...elements, this.after]);
    const isActiveSeen = drawn.active !== null && ids.has(drawn.active);
    setAttribute(this.element, "aria-activedescendant", isActiveSeen ? `rt-${drawn.active}` : null);
  }
}
