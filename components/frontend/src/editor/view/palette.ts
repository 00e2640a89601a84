/** What can be dragged into the tower, and the data on top of it. */

import { h, place, setAttribute, setStyle } from "../../shared/dom";
import type { Drag } from "../drag/drag";
import { bytesText } from "../../shared/bytes";
import { shapeText } from "../model/words";
import type { Catalogue, Dataset, Kind, Role } from "../types";
import { glyph, icon } from "./icons";
import type { Panel } from "./rail";
import type { Scene } from "./scene";

export class Palette implements Panel {
  readonly element = h("div", { class: "palette" });
  private drawn: Catalogue | null = null;
  private tiles: [Dataset, HTMLButtonElement][] = [];
  private stops: (() => void)[] = [];

  constructor(
    private readonly scene: Scene,
    private readonly drag: Drag,
  ) {}

  update(): void {
    const { catalogue, document, store } = this.scene;
    if (catalogue !== this.drawn) this.build(catalogue);
    for (const [dataset, tile] of this.tiles) {
      setAttribute(tile, "aria-pressed", String(dataset.name === document.data.dataset));
      tile.disabled = store.readOnly;
    }
    setAttribute(this.element, "aria-disabled", store.readOnly && "true");
  }

  private build(catalogue: Catalogue): void {
    this.drawn = catalogue;
    this.destroy();
    this.tiles = catalogue.datasets.map((dataset) => [dataset, this.tile(dataset)]);
    const list = (role: Role[], className: string, make: (name: string, kind: Kind) => HTMLElement) => {
      const kinds = Object.entries(catalogue.kinds).filter(([, kind]) => role.includes(kind.role));
      const element = h("div", { class: className, role: "list" }, ...kinds.map(([name, kind]) => make(name, kind)));
      this.stops.push(this.drag.addPalette(element));
      return element;
    };
    const chip = (name: string, kind: Kind) => this.source(name, kind, "chip-source", h("span", {}, chipText(kind)));
    place(this.element, [
      heading("Data", "What the tower learns from"),
      h("div", { class: "datasets" }, ...this.tiles.map(([, tile]) => tile)),
      heading("Blocks", "Drag one into the tower, or click to append it"),
      list(["block"], "block-sources", (name, kind) => this.blockSource(name, kind)),
      heading("Layers", "Go into the tower or into a block's body or shortcut"),
      list(["layer", "repeat"], "chip-sources", chip),
      heading("Shortcut layers", "Go into a block's shortcut only: they bring it to the body's shape"),
      list(["shortcut_layer"], "chip-sources", chip),
    ]);
  }

  private tile(dataset: Dataset): HTMLButtonElement {
    const absent = dataset.available === false;
    const about = `${dataset.sentence} ${shapeText(dataset.shape)}, ${dataset.num_classes} classes.`;
    const size = bytesText(dataset.size);
    const help = absent
      ? `${about} Not on this machine yet: a click downloads ${size}.`
      : dataset.embedded === false && dataset.available === undefined
        ? `${about} Fetched at its first use: ${size}.`
        : about;
    const picture = dataset.preview
      ? h("img", { src: dataset.preview, alt: "", draggable: "false" })
      : icon(dataset.shape.length === 3 ? "image" : "points");
    return h(
      "button",
      {
        type: "button",
        class: "tile",
        title: help,
        "data-help": help,
        "data-help-title": dataset.title,
        onclick: () => this.scene.actions.chooseDataset(dataset.name),
      },
      picture,
      h("span", {}, dataset.title),
      absent && icon("download"),
    );
  }

  private blockSource(name: string, kind: Kind): HTMLElement {
    return this.source(
      name,
      kind,
      "block-source",
      h("span", { class: "form" }, glyph(kind.glyph)),
      h("span", { class: "words" }, h("b", {}, kind.title), h("code", {}, kind.formula)),
    );
  }

  /** Not a button element: browsers differ in dragging those. */
  private source(name: string, kind: Kind, className: string, ...content: Node[]): HTMLElement {
    const act = () => {
      if (!this.scene.store.readOnly) this.scene.actions.insert(name);
    };
    const element = h(
      "div",
      {
        class: `source ${className}`,
        role: "button",
        tabindex: 0,
        "data-kind": name,
        "data-role": kind.role,
        "data-title": kind.title,
        "data-help": kind.sentence,
        "data-help-title": `${kind.title}   ${kind.formula}`,
        "aria-label": `Add ${kind.title}: ${kind.sentence}`,
        title: `${kind.sentence}\n${kind.formula}\nDrag it into the tower, or click to insert it.`,
        onclick: act,
        onkeydown: (event: KeyboardEvent) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          event.stopPropagation();
          act();
        },
      },
      ...content,
    );
    setStyle(element, "--kind", kind.colour);
    return element;
  }

  destroy(): void {
    for (const stop of this.stops) stop();
    this.stops = [];
  }
}

function chipText(kind: Kind): string {
  return kind.role === "repeat" ? `${kind.title} ×n` : kind.title;
}

export function heading(text: string, help: string): HTMLElement {
  return h("h3", { class: "hr-heading", title: help }, text);
}
