/** The tower: header with its counts, the data's end, the items, the logits' end, and what is wrong with the whole. */

import { h, place, setAttribute, setHidden, setText } from "../../shared/dom";
import { Late } from "../../shared/late";
import { onSought, type Pointed } from "../../shared/pointed";
import type { Drag } from "../drag/drag";
import { find, TOWER, walk } from "../model/tree";
import { bytesText } from "../../shared/bytes";
import { countText, epochText, macsText, shapeText } from "../model/words";
import type { Item, Preflight, Problem } from "../types";
import { Highlight, type Lit, litBy } from "./highlight";
import { ItemList } from "./list";
import { formOf, ItemNode } from "./node";
import type { Scene } from "./scene";
import { Sight } from "./sight";
import { Tools } from "./tools";

/** Cards on both sides of one that is brought into sight: a window's worth. */
const AROUND = 15;

const KEYS =
  "↑ ↓ select · Alt ↑ ↓ move, also into repeats · Enter form · Del delete · Ctrl D duplicate · B bypass · Ctrl Z undo";

const LATER =
  "The run in training has the tower as it was when Train was pressed. What was edited since is part of the next run; " +
  "learning rates alone apply at once.";

const VERDICT =
  "Before training: one forward and one backward pass at the initial weights, on the first batch of the run. Each block's gradient is " +
  "compared with the last block's, the size of its output with the input's. docs/preflight.md has the bounds and their sources.";

const EPOCH =
  "\nTime of an epoch: a step measured on the chosen device, times the steps, at the set pace; evaluations are left out";

export class Tower {
  readonly element: HTMLElement;
  readonly items: HTMLElement;
  readonly sight: Sight;
  private readonly counts = h("span", { class: "counts" });
  private readonly late = new Late(this.counts);
  private readonly later = h("span", { class: "chip later", title: LATER }, "edited: for the next run");
  private readonly input = h("div", { class: "end", title: "What flows into the tower: one sample of the data set" });
  private readonly output = h("div", { class: "end", title: "What comes out, and what it is compared with" });
  private readonly verdict = h("div", { class: "verdict", role: "status", title: VERDICT });
  private readonly problems = h("div", { class: "problems whole" });
  private readonly nodes = new Map<string, ItemNode>();
  private readonly list: ItemList;
  private readonly tools: Tools;
  private readonly highlight = new Highlight(
    () => this.scene.store.document,
    (at) => this.light(at),
  );
  private readonly forgetSought = onSought((at) => this.bring(at));
  private lit: ItemNode[] = [];
  private hovered: string | null = null;
  private judged: Preflight | null = null;
  private shownProblems: Problem[] | null = null;
  private tabStop: HTMLElement | null = null;

  constructor(
    private readonly scene: Scene,
    readonly drag: Drag,
  ) {
    this.sight = new Sight(drag.scroller);
    this.list = new ItemList(TOWER, "Drag a block here, or click one in the palette.", this);
    this.tools = new Tools(scene);
    this.items = h(
      "div",
      { class: "items", role: "tree", "aria-label": "Tower, from the input to the output" },
      this.list.element,
    );
    drag.scroller.append(this.input, this.items, this.output);
    this.element = h(
      "section",
      { class: "hr-panel tower", "aria-label": "Tower" },
      h(
        "header",
        {},
        h("span", { class: "hr-heading", title: "The network, from the data (top) to the logits (bottom)" }, "Tower"),
        this.later,
        this.counts,
      ),
      this.problems,
      this.verdict,
      drag.scroller,
      h("footer", { class: "keys", title: "Keys that work on the selected card" }, KEYS),
    );
    setHidden(this.verdict, true);
    this.items.addEventListener("pointerover", (event) => this.hover(event.target));
    this.items.addEventListener("pointerleave", () => this.hover(null));
    this.items.addEventListener("focusin", () => this.highlight.focus(this.focused()));
    this.items.addEventListener("focusout", () => this.highlight.focus(null));
  }

  nodeFor(item: Item): ItemNode {
    let node = this.nodes.get(item.id);
    // Another document may use an id of this one for something else.
    if (node !== undefined && node.form !== formOf(item)) {
      node.destroy();
      node = undefined;
    }
    if (node === undefined) {
      node = new ItemNode(item.id, item, this.scene, this);
      this.nodes.set(item.id, node);
    }
    return node;
  }

  update(): void {
    const { store, document } = this.scene;
    // First, so that what comes takes the places of what goes also in the count of what is in sight.
    if (this.nodes.size > 0) this.forget(document.network.items);
    this.list.update(document.network.items, 1);
    this.drawHeader();
    this.drawTools();
    setAttribute(this.element, "aria-readonly", store.readOnly && "true");
    this.moveTabStop();
  }

  /** One item alone, for what may change during a drag. */
  redraw(id: string): void {
    const found = find(this.scene.document, id);
    if (found) this.nodes.get(id)?.update(found.item, found.ancestors.length + 1);
  }

  private forget(items: Item[]): void {
    const present = new Set([...walk(items)].map((item) => item.id));
    for (const [id, node] of this.nodes) {
      if (present.has(id)) continue;
      node.destroy();
      this.nodes.delete(id);
    }
  }

  private drawHeader(): void {
    const { store, document, catalogue } = this.scene;
    const { analysis } = store;
    const dataset = catalogue.datasets.find((candidate) => candidate.name === document.data.dataset);
    const seconds = store.preflight?.epoch_seconds;
    const time = seconds === undefined ? "" : ` · ${epochText(seconds)}`;
    setText(
      this.counts,
      analysis
        ? `${analysis.num_blocks} blocks · ${countText(analysis.num_parameters)} parameters · ${macsText(analysis.num_macs)} MACs${time}`
        : "counting …",
    );
    const memory = analysis?.memory_bytes ? `\nMemory while training: about ${bytesText(analysis.memory_bytes)}` : "";
    setAttribute(
      this.counts,
      "title",
      `Block copies · trainable parameters · multiply-adds of one sample's forward pass${memory}${time && EPOCH}`,
    );
    this.late.show(!store.isAnalysed);
    setHidden(this.later, !store.hasEditsForNextRun);
    setText(
      this.input,
      dataset ? `${dataset.title.toLowerCase()} · ${shapeText(dataset.shape)}` : document.data.dataset,
    );
    const loss = (document.training["loss"] as { kind?: string } | undefined)?.kind;
    const classes = dataset ? `${dataset.num_classes} classes` : "";
    setText(this.output, [classes, loss?.replaceAll("_", "-")].filter(Boolean).join(" · "));
    this.drawProblems(analysis?.problems.filter((problem) => problem.item_id === null) ?? []);
  }

  private drawProblems(problems: Problem[]): void {
    const texts = problems.map((problem) => problem.message).join("\n");
    if (this.shownProblems?.map((problem) => problem.message).join("\n") === texts) return;
    this.shownProblems = problems;
    setHidden(this.problems, problems.length === 0);
    place(
      this.problems,
      problems.map((problem) => h("div", { class: "problem" }, `⚠ ${problem.message}`)),
    );
  }

  private hover(target: EventTarget | null): void {
    const node = target instanceof Element ? target.closest<HTMLElement>(".node") : null;
    const id = node?.dataset["id"] ?? null;
    if (id === this.hovered || this.scene.store.dragging) return;
    this.hovered = id;
    this.highlight.hover(id);
    this.drawTools();
  }

  /** Touches the cards that change, and no others. */
  private light(at: Pointed | null): void {
    const wanted = this.shownFor(at);
    for (const node of this.lit) node.light(false, null);
    this.lit = wanted.map(({ id }) => this.nodes.get(id)!);
    wanted.forEach(({ copy }, place) => this.lit[place]!.light(true, copy));
  }

  /** Scrolls to the first card that shows a block. */
  private bring(at: Pointed): void {
    const [first] = this.shownFor(at);
    if (first !== undefined) this.reveal(first.id);
  }

  private shownFor(at: Pointed | null): Lit[] {
    const { document } = this.scene.store;
    const isShown = (id: string) => this.nodes.get(id)?.element.isConnected === true;
    return at === null || document === null ? [] : litBy(document, at, isShown);
  }

  private drawTools(): void {
    const on = this.hovered !== null && this.nodes.has(this.hovered) ? this.hovered : this.scene.store.selected;
    this.tools.attach(on, (on !== null && this.nodes.get(on)?.element) || null);
  }

  /** Tab enters the tower at one card only: the selected one, else the first. */
  private moveTabStop(): void {
    const { selected } = this.scene.store;
    const stop =
      (selected !== null && this.nodes.get(selected)?.element) || this.items.querySelector<HTMLElement>(".node");
    if (stop === this.tabStop) return;
    if (this.tabStop) setAttribute(this.tabStop, "tabindex", -1);
    if (stop) setAttribute(stop, "tabindex", 0);
    this.tabStop = stop;
  }

  /** Cards on the screen, in reading order. */
  visible(): HTMLElement[] {
    return [...this.items.querySelectorAll<HTMLElement>(".node")];
  }

  focus(id: string): void {
    if (this.focused() !== id) this.nodes.get(id)?.element.focus({ preventScroll: true });
    this.reveal(id);
  }

  /** Scrolls a card into sight. */
  reveal(id: string): void {
    const element = this.nodes.get(id)?.element;
    if (element === undefined) return;
    const near = [element.previousElementSibling, element, element.nextElementSibling];
    if (!near.some((each) => each !== null && this.sight.isKnown(each))) this.wakeAround(element);
    element.querySelector(".card")?.scrollIntoView({ block: "nearest" });
  }

  /** So that none of them changes its height once this one is in sight. */
  private wakeAround(element: HTMLElement): void {
    const cards = this.visible();
    const place = cards.indexOf(element);
    for (const { dataset } of cards.slice(Math.max(0, place - AROUND), place + AROUND + 1)) {
      this.nodes.get(dataset["id"] ?? "")?.wake();
    }
  }

  /** Id of the card that has the focus. */
  focused(): string | null {
    const active = (this.items.getRootNode() as Document | ShadowRoot).activeElement;
    return (active?.matches(".node") && (active as HTMLElement).dataset["id"]) || null;
  }

  /** Before a drawing that takes its card away: an element that goes with the focus has the page laid out there and then. */
  handOver(id: string): void {
    const { store, document } = this.scene;
    if (store.selected === null || store.selected === id || find(document, id) !== null) return;
    this.nodes.get(store.selected)?.element.focus({ preventScroll: true });
  }

  /** After a drawing that took its card away, moved or not: the next key must still reach the tower. */
  refocus(id: string): void {
    if (this.focused() !== null) return;
    const element = this.nodes.get(id)?.element ?? this.tabStop;
    element?.focus({ preventScroll: true });
  }

  /** What one step at the initial weights says: on top in words, on the cards, and how long an epoch takes. */
  preflight(): void {
    const { preflight } = this.scene.store;
    if (preflight === this.judged) return;
    this.judged = preflight;
    setText(this.verdict, preflight?.sentence ?? "");
    setHidden(this.verdict, !preflight?.sentence);
    for (const node of this.nodes.values()) node.preflight();
    this.drawHeader();
  }

  live(): void {
    for (const node of this.nodes.values()) node.live();
  }

  destroy(): void {
    this.highlight.destroy();
    this.forgetSought();
    for (const node of this.nodes.values()) node.destroy();
    this.sight.destroy();
    this.list.destroy();
  }
}
