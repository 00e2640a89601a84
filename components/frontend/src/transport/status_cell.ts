/** Progress and counters of the run; a click opens every detail, so that nothing folded or cut is out of reach. */

import { bytesText } from "../shared/bytes";
import { h, place, setAttribute, setStyle, setText } from "../shared/dom";
import { drawIcon, icon } from "./icons";
import { attachPopover } from "../shared/popup";
import { addressOf, queuedWords, waitWords } from "./queue";
import { type Part, type StatusLine, progress, statusLine } from "./status_line";
import type { Holder, Run, TransportData } from "./types";
import { duration, epochs, grouped, percent, speed } from "../shared/words";

class PartView {
  readonly element: HTMLElement;
  private readonly before = h("span");
  private readonly zeros = h("span", { class: "tp-zeros" });
  private readonly strong = h("b");
  private readonly after = h("span");
  private width = 0;

  constructor() {
    this.element = h("span", { class: "tp-part" }, this.before, this.zeros, this.strong, this.after);
  }

  draw(part: Part): void {
    setAttribute(this.element, "data-fold", part.fold);
    setAttribute(this.element, "data-part", part.key);
    setAttribute(this.element, "title", part.title || null);
    setText(this.before, part.before ?? "");
    setText(this.zeros, part.zeros ?? "");
    setText(this.strong, part.strong ?? "");
    setText(this.after, part.after ?? "");
  }

  /** Never narrower than it has been, so that running numbers push nothing to and fro. */
  keepWidth(): void {
    const width = Math.ceil(this.element.scrollWidth);
    if (width <= this.width) return;
    this.width = width;
    setStyle(this.element, "min-width", `${width}px`);
  }
}

export class StatusCell {
  readonly element: HTMLElement;
  private readonly fill = h("div", { class: "tp-fill" });
  private readonly bar = h("div", { class: "tp-progress", role: "progressbar", "aria-label": "Progress" }, this.fill);
  private readonly icon = icon("check");
  private readonly line = h("span", { class: "tp-line" });
  private readonly button = h(
    "button",
    { type: "button", class: "tp-quiet tp-status", title: "All about this run" },
    this.icon,
    this.line,
  );
  private readonly details = h("div", { class: "tp-popover tp-details", role: "dialog", "aria-label": "Run" });
  private readonly rows = new Map<string, { term: HTMLElement; value: HTMLElement }>();
  private readonly holders = h("div", { class: "tp-holders" });
  private readonly spoken = h("div", { class: "hr-hidden", role: "status" });
  private parts = new Map<string, PartView>();
  private runId: string | null = null;

  constructor() {
    this.element = h("div", { class: "tp-run" }, this.bar, this.button, this.details, this.spoken);
    this.details.append(h("dl"), this.holders);
    attachPopover(this.button, this.details, this.element);
  }

  update(data: TransportData): void {
    const line = statusLine(data);
    if (this.runId !== (data.run?.id ?? null)) {
      this.runId = data.run?.id ?? null;
      this.parts.clear();
    }
    setAttribute(this.element, "data-tone", line.tone);
    setAttribute(this.icon, "hidden", line.icon === null);
    if (line.icon !== null) drawIcon(this.icon, line.icon);
    this.drawBar(line);
    this.drawParts(line);
    this.drawDetails(data);
    this.speak(data.run);
  }

  private drawBar(line: StatusLine): void {
    const { fraction } = line;
    setAttribute(this.bar, "hidden", fraction === null);
    setAttribute(this.bar, "data-unknown", fraction === "unknown");
    const known = typeof fraction === "number" ? Math.round(1000 * fraction) / 10 : null;
    setStyle(this.fill, "transform", known === null ? "" : `translateX(${known - 100}%)`);
    setAttribute(this.bar, "aria-valuemin", known === null ? null : 0);
    setAttribute(this.bar, "aria-valuemax", known === null ? null : 100);
    setAttribute(this.bar, "aria-valuenow", known);
  }

  private drawParts(line: StatusLine): void {
    const shown = line.parts.map((part) => {
      let view = this.parts.get(part.key);
      if (view === undefined) this.parts.set(part.key, (view = new PartView()));
      view.draw(part);
      return view;
    });
    place(
      this.line,
      shown.map((view) => view.element),
    );
    if (line.tone === "active" || line.tone === "waiting") {
      for (const [key, view] of this.parts) if (NUMBERS.has(key)) view.keepWidth();
    }
  }

  private drawDetails(data: TransportData): void {
    const wanted = details(data);
    const nodes = wanted.flatMap(([term, value]) => {
      let row = this.rows.get(term);
      if (row === undefined) this.rows.set(term, (row = { term: h("dt", {}, term), value: h("dd") }));
      setText(row.value, value);
      return [row.term, row.value];
    });
    const list = this.details.querySelector("dl") ?? this.details.appendChild(h("dl"));
    place(list, nodes);
    this.drawHolders(data.run?.queue?.holders ?? [], data.read_only);
  }

  /** The way to the runs that are in the way. */
  private drawHolders(holders: readonly Holder[], readOnly: boolean): void {
    const wanted = JSON.stringify(readOnly ? [] : holders);
    if (this.holders.dataset["drawn"] === wanted) return;
    this.holders.dataset["drawn"] = wanted;
    const links = readOnly ? [] : holders.map((each) => h("a", { href: addressOf(each) }, `Go to ${each.name}`));
    place(this.holders, links);
  }

  /** Only what a listener wants to hear: not every number, four times a second. */
  private speak(run: Run | null): void {
    if (run === null) return;
    const validation =
      run.status === "finished" && run.val_accuracy !== null ? `, validation ${percent(run.val_accuracy)}` : "";
    setText(this.spoken, `${run.name}: ${run.status}${validation}`);
  }
}

const NUMBERS = new Set(["step", "epoch", "speed", "left", "share"]);

function details({ run, can_train, why_not }: TransportData): [term: string, value: string][] {
  const trouble: [string, string][] = can_train || why_not === "" ? [] : [["Train is off", why_not]];
  if (run === null) return [["Run", "none yet"], ...trouble];
  const { done, all } = epochs(run.epoch, run.num_epochs);
  const isPlanned = run.num_steps > 0;
  const rows: [string, string | null][] = [
    ["Run", run.name],
    ["Status", run.status === "queued" ? queuedWords(run) : run.status],
    ["Waits for", run.queue && waitWords(run.queue)],
    ["Reason", run.reason || null],
    ["Download", run.data_progress && downloadWords(run.data_progress)],
    ["Step", isPlanned ? `${grouped(run.step)} of ${grouped(run.num_steps)} (${percent(progress(run), 0)})` : null],
    ["Epoch", isPlanned ? `${done} of ${all}` : null],
    ["Speed", run.samples_per_second === null ? null : `${speed(run.samples_per_second)} samples per second`],
    ["Time left", run.seconds_left === null ? null : duration(run.seconds_left)],
    ["Validation accuracy", run.val_accuracy === null ? null : percent(run.val_accuracy)],
    ["Test accuracy", run.test_accuracy === null ? null : percent(run.test_accuracy)],
  ];
  return [...rows.filter((row): row is [string, string] => row[1] !== null), ...trouble];
}

function downloadWords([file, done, total]: NonNullable<Run["data_progress"]>): string {
  return total ? `${file}, ${bytesText(done)} of ${bytesText(total)}` : `${file}, ${bytesText(done)}`;
}
