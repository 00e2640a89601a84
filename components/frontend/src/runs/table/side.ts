/** The drawn runs side by side: how well each did, and in which values their documents are not the same. */

import { h, place, setHidden, setText } from "../../shared/dom";
import { lineSample } from "../../shared/lines";
import { COLUMNS } from "./columns";
import type { DifferenceNews, TableRow } from "./types";

/** Columns of the table in whole words, where there is room for them. */
const RESULTS: Record<string, string> = {
  status: "status",
  steps: "steps",
  epochs: "epochs",
  seconds: "time of training",
  val_accuracy: "validation accuracy",
  best_accuracy: "best, at step",
  train_loss: "training loss",
  num_parameters: "parameters",
};
const EMPTY = "Draw two runs or more: how well each did stands here, and in what their documents are not the same.";
const SAME =
  "Their documents are the same in every value: what differs is chance, the machine, or what was changed live.";
const HELP =
  "What you see: how far each drawn run came and how well it did, and below every value in which their documents are not " +
  "all the same. Time leaves pauses and evaluations out; the loss is the mean of the newest 16 steps. Of one seed each, a " +
  "small difference may be chance.";

export class SideBySide {
  readonly element: HTMLElement;
  private readonly table = h("table", { class: "rt-side" });
  private readonly words = h("p", { class: "rt-words" });
  private signature = "";

  constructor() {
    this.element = h("div", { class: "rt-sides", tabindex: 0, "aria-label": "Drawn runs side by side" });
    this.element.append(this.table, this.words);
  }

  draw(rows: readonly TableRow[], told: DifferenceNews | null): void {
    const isThere = rows.length > 1;
    const differences = told !== null && rows.every((row) => told.runs.includes(row.id)) ? told : null;
    const areSame = differences !== null && differences.rows.length === 0;
    setText(this.words, !isThere ? EMPTY : areSame ? `${SAME} ${HELP}` : HELP);
    setHidden(this.table, !isThere);
    const signature = JSON.stringify([rows, differences]);
    if (!isThere || signature === this.signature) return;
    this.signature = signature;
    const heads = rows.map((row) =>
      h(
        "th",
        { scope: "col", title: row.name },
        lineSample(row.colour, row.dash, 22),
        h("b", {}, `#${row.number}`),
        h("span", {}, row.name),
      ),
    );
    const now = new Date();
    const results = COLUMNS.filter((column) => column.id in RESULTS).map((column) =>
      line(
        RESULTS[column.id]!,
        rows.map((row) => column.text(row, now)),
        column.help,
      ),
    );
    const documents = (differences?.rows ?? []).map(({ title, cells }) =>
      line(
        title,
        rows.map((row) => cells[differences!.runs.indexOf(row.id)] ?? ""),
      ),
    );
    place(this.table, [
      h("thead", {}, h("tr", {}, h("th", {}, ""), ...heads)),
      h("tbody", {}, ...results),
      ...(documents.length > 0
        ? [
            h(
              "tbody",
              {},
              h("tr", { class: "rt-part" }, part("What differs in their documents", rows.length + 1)),
              ...documents,
            ),
          ]
        : []),
    ]);
  }
}

function part(text: string, width: number): HTMLElement {
  return h("th", { scope: "rowgroup", colspan: width }, text);
}

function line(title: string, cells: string[], help = ""): HTMLElement {
  const texts = cells.map((text) => h("td", { title: text }, text));
  return h("tr", {}, h("th", { scope: "row", title: help || null }, title), ...texts);
}
