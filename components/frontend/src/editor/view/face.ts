/** What is seen of an item: its card, its skip, what is wrong with it. It stands in the page only while it is in sight. */

import { h, place, setHidden } from "../../shared/dom";
import type { Arc, Item, Problem } from "../types";
import { arcElement } from "./arc";
import { Card, kindOf } from "./card";
import { Times } from "./repeat";
import type { Form } from "./node";
import type { Scene } from "./scene";

export class Face {
  private readonly card: Card;
  private readonly times: Times | null;
  private readonly problems = h("div", { class: "problems" });
  private arc: HTMLElement | null = null;
  private arcKind: Arc = "none";
  private shownProblems: readonly Problem[] = [];

  constructor(
    id: string,
    form: Form,
    private readonly scene: Scene,
    private readonly node: HTMLElement,
  ) {
    this.times = form === "repeat" ? new Times(id, scene) : null;
    this.card = new Card(id, scene, this.times?.element ?? null);
    setHidden(this.problems, true);
  }

  enter(): void {
    this.node.prepend(this.card.element, this.problems);
    if (this.arc !== null) this.node.append(this.arc);
  }

  leave(): void {
    for (const part of [this.card.element, this.problems, this.arc]) part?.remove();
  }

  /** Pixels that it takes of its node, without what is inside; asks for the layout. */
  get height(): number {
    return this.card.element.offsetHeight + this.problems.offsetHeight;
  }

  update(item: Item, open: boolean): void {
    this.card.update(this.scene, item, open);
    this.times?.update(this.scene, item);
    this.drawArc(this.times === null ? kindOf(this.scene, item).arc : "none");
    this.drawProblems(this.scene.store.problemsOf(item.id));
  }

  private drawArc(kind: Arc): void {
    if (kind === this.arcKind) return;
    this.arc?.remove();
    this.arc = kind === "none" ? null : arcElement(kind);
    this.arcKind = kind;
    if (this.arc !== null) this.node.append(this.arc);
  }

  private drawProblems(problems: readonly Problem[]): void {
    if (problems === this.shownProblems) return;
    this.shownProblems = problems;
    setHidden(this.problems, problems.length === 0);
    place(
      this.problems,
      problems.map((problem) => h("div", { class: "problem" }, `⚠ ${problem.message}`)),
    );
  }

  /** Apart from `update`, because the answer comes later. */
  preflight(): void {
    this.card.preflight(this.scene.store.preflight);
  }

  /** Apart from `update`, because it changes several times a second. */
  live(): void {
    this.card.live(this.scene.store.live);
    this.times?.live(this.scene.store.live);
  }

  /** Marks one copy of a repeat; null marks none. */
  light(copy: number | null): void {
    this.times?.light(copy);
  }
}
