/** One item's card: grip, form, name, one line, shape, groups and parameters, gauges while it trains. */

import { h, place, setAttribute, setHidden, setStyle, setText } from "../../shared/dom";
import { aliveText, isAlive } from "../model/live";
import { isBlock, isRepeat } from "../model/tree";
import { countText, shapeText, summaryOf } from "../model/words";
import type { Group, Item, ItemAnalysis, Kind, Live, Preflight } from "../types";
import { Gauges } from "./gauges";
import { glyph, icon } from "./icons";
import type { Scene } from "./scene";

const MAX_DOTS = 4;

const FLOW =
  "One step at the initial weights, on the first batch. Vanishes: the gradient is under a millionth of the last block's, or the " +
  "output under a millionth of the input, less than float32 can add to a weight. Explodes: the gradient is over a million " +
  "times the last block's, or the output over a thousand times the input. docs/preflight.md has the reasons and sources.";

const UNKNOWN: Kind = {
  role: "layer",
  title: "Unknown",
  sentence: "This kind is not known here.",
  formula: "",
  colour: "#7A8699",
  arc: "none",
  glyph: "M4 4l16 16M20 4L4 20",
  own_fields: [],
  schema: {},
  template: { kind: "" },
  summary: "",
};

export function kindOf(scene: Scene, item: Item): Kind {
  return scene.catalogue.kinds[item.kind] ?? UNKNOWN;
}

export class Card {
  readonly element: HTMLElement;
  private readonly form = h("span", { class: "form" });
  private readonly name = h("span", { class: "name" });
  private readonly state = h("span", { class: "chip state" });
  private readonly flow = h("span", { class: "chip flow", title: FLOW });
  private readonly alive = h("span", { class: "chip alive" });
  private readonly summary = h("div", { class: "summary" });
  private readonly from = h("span", { class: "from" });
  private readonly to = h("span");
  private readonly shape = h("div", { class: "shape" }, this.from, this.to);
  private readonly dots = h("span", { class: "dots" });
  private readonly count = h("span", { class: "number" });
  private readonly gauges = new Gauges();
  private readonly fold: HTMLButtonElement;
  private drawn: { item: Item; row: ItemAnalysis | undefined; groups: Group[]; kind: Kind } | null = null;

  constructor(
    private readonly id: string,
    scene: Scene,
    extra: Node | null,
  ) {
    this.fold = h(
      "button",
      {
        class: "fold",
        type: "button",
        tabindex: -1,
        onclick: (event: Event) => {
          event.stopPropagation();
          scene.store.setOpen(this.id, !scene.store.isOpen(this.id));
        },
      },
      icon("open"),
    );
    this.element = h(
      "div",
      { class: "card" },
      h(
        "span",
        { class: "grip", title: "Drag to move; Alt with ↑ and ↓ moves by keyboard", "aria-hidden": "true" },
        "⋮⋮",
      ),
      this.form,
      h(
        "div",
        { class: "words" },
        h("div", { class: "title" }, this.name, this.state, this.flow, this.alive),
        this.summary,
        extra,
      ),
      h(
        "div",
        { class: "meta" },
        this.shape,
        h(
          "div",
          { class: "count", title: "Trainable parameters, all copies; the dots are their groups" },
          this.dots,
          this.count,
        ),
        this.gauges.element,
      ),
      this.fold,
    );
  }

  update(scene: Scene, item: Item, open: boolean): void {
    const row = scene.store.analysis?.items[item.id];
    const kind = kindOf(scene, item);
    const { groups } = scene.document;
    setAttribute(this.fold, "aria-expanded", String(open));
    setAttribute(this.fold, "aria-label", open ? "Close" : "Open");
    setAttribute(this.fold, "title", foldHelp(item, open));
    const { drawn } = this;
    if (drawn && drawn.item === item && drawn.row === row && drawn.groups === groups && drawn.kind === kind) return;
    if (drawn?.kind !== kind) {
      place(this.form, [glyph(kind.glyph)]);
      setText(this.name, kind.title);
      const help = [kind.formula, kind.sentence].filter(Boolean).join("\n");
      setAttribute(this.form, "title", help);
      setAttribute(this.name, "title", help);
      setHidden(this.fold, !isBlock(item) && !isRepeat(item));
    }
    if (drawn?.item !== item || drawn.kind !== kind) {
      const line = summaryOf(scene.catalogue, item);
      setText(this.summary, line);
      setAttribute(this.summary, "title", line);
      setText(this.state, item["bypassed"] === true ? "bypassed" : "");
    }
    const [from, to] = row?.in_shape ? [`${shapeText(row.in_shape)} `, `→ ${shapeText(row.out_shape)}`] : ["", ""];
    setText(this.from, from);
    setText(this.to, to);
    setAttribute(this.shape, "title", `Input shape → output shape of one sample${from ? `: ${from}${to}` : ""}`);
    setText(this.count, row && row.num_parameters > 0 ? countText(row.num_parameters) : "");
    this.drawDots(row, groups);
    this.drawn = { item, row, groups, kind };
  }

  private drawDots(row: ItemAnalysis | undefined, groups: Group[]): void {
    const mine = (row?.num_parameters ? row.groups : [])
      .map((index) => groups[index])
      .filter((group) => group !== undefined);
    place(
      this.dots,
      mine.slice(0, MAX_DOTS).map((group) => {
        const dot = h("i", { title: `Group ${group.name}` });
        setStyle(dot, "--dot", group.colour);
        return dot;
      }),
    );
    setStyle(this.gauges.element, "--dot", mine[0]?.colour ?? "var(--kind)");
  }

  /** Apart from `update`, because the answer comes later. */
  preflight(found: Preflight | null): void {
    const mine = found?.items?.[this.id];
    setText(this.flow, mine?.text ?? "");
    setAttribute(this.flow, "data-call", mine?.call ?? false);
  }

  /** Apart from `update`, because it changes several times a second. */
  live(live: Live | null): void {
    const cards = live?.cards ?? null;
    const now = cards?.items[this.id];
    this.gauges.draw(now, cards);
    setText(this.alive, now ? aliveText(now) : "");
    setAttribute(this.alive, "data-dropped", now?.alive?.length === 1 && !isAlive(now, 0));
  }
}

function foldHelp(item: Item, open: boolean): string {
  const inside = isRepeat(item) ? "what is repeated" : "body and shortcut";
  return open ? `Hide ${inside}` : `Show ${inside}`;
}
