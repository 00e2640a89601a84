/** Tiles side by side: small pictures with what is to say of each, chosen by class; or a strip of which one is chosen. */

import { h, place, setAttribute, setHidden, setText, svg } from "../shared/dom";
import type { Tile, Wall as Shown } from "./message";
import { choicesOf, type Filter, tilesOf } from "./tiles";

export interface WallEvents {
  /** A class whose tiles alone are shown, null for all. */
  filter(filter: Filter | null): void;
  choose(tile: number): void;
}

export class Wall {
  readonly element: HTMLElement;
  private readonly summary = h("span", { class: "lv-summary" });
  private readonly select = h("select", { class: "lv-filter", "aria-label": "Whose mistakes are shown" });
  private readonly head = h("div", { class: "lv-wall-head" }, this.summary, this.select);
  private readonly list = h("ul", { class: "lv-tiles" });
  private shown: Shown | null = null;
  private filter: string | null = null;
  private isStrip = false;

  constructor(private readonly events: WallEvents) {
    this.element = h("div", { class: "lv-wall", hidden: true }, this.head, this.list);
    this.select.addEventListener("change", () => {
      const [by, number] = this.select.value.split(":");
      events.filter(by === "" ? null : { by: by as Filter["by"], class: Number(number) });
    });
  }

  /** Null hides it. As a strip, one tile is `chosen`, and others are buttons that choose them. */
  show(wall: Shown | null, filter: Filter | null, chosen: number | null): void {
    setHidden(this.element, wall === null);
    if (wall === null) {
      this.shown = null;
      this.list.replaceChildren();
      return;
    }
    const value = filter === null ? "" : `${filter.by}:${filter.class}`;
    if (wall !== this.shown || value !== this.filter || this.isStrip !== (chosen !== null)) {
      this.shown = wall;
      this.filter = value;
      this.isStrip = chosen !== null;
      this.build(wall, filter);
    }
    [...this.list.children].forEach((item, number) => {
      const button = item.firstElementChild;
      if (this.isStrip && button !== null) setAttribute(button, "aria-pressed", String(number === chosen));
    });
  }

  private build(wall: Shown, filter: Filter | null): void {
    const tiles = tilesOf(wall, filter);
    setAttribute(this.element, "data-strip", this.isStrip);
    setAttribute(
      this.element,
      "data-plain",
      wall.tiles.every((tile) => tile.title === undefined),
    );
    setText(this.summary, wall.summary ?? "");
    setHidden(this.head, this.isStrip || (wall.summary === undefined && wall.classes === undefined));
    setHidden(this.select, wall.classes === undefined);
    const choices = choicesOf(wall).map(({ label, options }) =>
      h("optgroup", { label }, ...options.map(({ value, text }) => h("option", { value }, text))),
    );
    this.select.replaceChildren(h("option", { value: ":" }, `Worst ${tilesOf(wall, null).length}`), ...choices);
    this.select.value = filter === null ? ":" : `${filter.by}:${filter.class}`;
    // A class that has no mistake at this evaluation stays chosen: it may have some at the next.
    if (this.select.value === "" && filter !== null) {
      const text = `${wall.classes?.[filter.class] ?? filter.class} (0)`;
      this.select.append(h("option", { value: `${filter.by}:${filter.class}` }, text));
      this.select.value = `${filter.by}:${filter.class}`;
    }
    place(
      this.list,
      tiles.map((number) => h("li", {}, this.tile(wall, wall.tiles[number]!, number))),
    );
    if (tiles.length === 0)
      this.list.append(h("li", { class: "lv-none" }, "No mistake of this kind at this evaluation."));
  }

  private tile(wall: Shown, tile: Tile, number: number): HTMLElement {
    const words = [
      tile.title === undefined ? null : h("span", { class: "lv-tile-title" }, tile.title),
      tile.text === undefined ? null : h("span", { class: "lv-tile-text" }, tile.text),
    ];
    const picture = pictureOf(wall, tile, number);
    if (!this.isStrip) return h("figure", { class: "lv-tile", title: tile.hover }, picture, ...words);
    const choose = () => this.events.choose(number);
    return h("button", { class: "lv-tile", type: "button", title: tile.hover, onclick: choose }, picture, ...words);
  }
}

function pictureOf(wall: Shown, tile: Tile, number: number): Element | null {
  const { sheet, points } = wall;
  if (sheet !== undefined) {
    const column = number % sheet.num_columns;
    const row = Math.floor(number / sheet.num_columns);
    const picture = h("span", { class: "lv-picture", role: "img", "aria-label": tile.hover });
    picture.style.backgroundImage = `url("${sheet.uri}")`;
    picture.style.backgroundSize = `${100 * sheet.num_columns}% ${100 * sheet.num_rows}%`;
    picture.style.backgroundPosition = `${share(column, sheet.num_columns)}% ${share(row, sheet.num_rows)}%`;
    picture.style.aspectRatio = `${sheet.width} / ${sheet.height}`;
    return picture;
  }
  const point = points?.[number];
  if (point === undefined) return null;
  const reach = wall.reach ?? 1;
  return svg(
    "svg",
    {
      class: "lv-picture lv-point",
      viewBox: "-1.08 -1.08 2.16 2.16",
      role: "img",
      "aria-label": `${tile.hover}, at ${point.join(", ")}`,
    },
    svg("path", { d: "M-1 0H1M0 -1V1", class: "lv-axes" }),
    svg("circle", { cx: point[0] / reach, cy: -point[1] / reach, r: 0.13 }),
    svg("title", {}, `at ${point.join(", ")}`),
  );
}

/** Where a background picture of `count` parts lies so that part `place` is seen, in percent. */
function share(place: number, count: number): number {
  return count < 2 ? 0 : (100 * place) / (count - 1);
}
