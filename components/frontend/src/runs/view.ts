/** The runs that are drawn, each with how it stands; a list to choose others from. */

import { h, place, setAttribute, setHidden, setText } from "../shared/dom";
import { lineSample } from "../shared/lines";
import type { Host, View } from "../shared/mount";
import { newNonce } from "../shared/nonce";
import { attachPopover } from "../shared/popup";
import { Outbox } from "../shared/outbox";
import { Choice } from "../shared/pending";
import { RunTable } from "./table/dialog";
import type { RunAction } from "./table/types";
import type { RunRow, RunsData, RunsNews } from "./types";
import { accuracyText, agoText, inFront, shortNames, SIGNS, toggled, TONES, wholeText } from "./words";

/** Of a name, as many as fit on its line. */
const LETTERS_ALONE = 60;
const LETTERS_OFFERED = 46;
const LETTERS_BESIDE = 19;

/** Of one run: line, number and name, how it stands, what sets it apart. */
class Facts {
  readonly nodes: HTMLElement[];
  private readonly line = h("span", { class: "rp-line" });
  private readonly number = h("b", { class: "rp-number" });
  private readonly name = h("span", { class: "rp-name" });
  private readonly sign = h("span", { class: "rp-sign", "aria-hidden": "true" });
  private readonly word = h("span");
  private readonly accuracy = h("b");
  private readonly differs = h("span", { class: "rp-differs" });
  private readonly status = h("span", { class: "rp-status" }, this.sign, this.word, this.accuracy);
  private drawn = "";

  constructor() {
    const title = h("span", { class: "rp-title" }, this.number, this.name);
    this.nodes = [this.line, title, h("span", { class: "rp-under" }, this.status, this.differs)];
  }

  draw(row: RunRow, name: string, note: string): void {
    const look = `${row.colour} ${row.dash}`;
    if (look !== this.drawn) place(this.line, [lineSample(row.colour, row.dash)]);
    this.drawn = look;
    setText(this.number, `#${row.number}`);
    setText(this.name, name);
    setAttribute(this.status, "data-tone", TONES[row.status]);
    setText(this.sign, SIGNS[row.status]);
    setText(this.word, row.status);
    setText(this.accuracy, accuracyText(row));
    setText(this.differs, [row.differs, note].filter(Boolean).join(" · "));
  }
}

/** A run that is drawn. */
class Shown {
  readonly element: HTMLElement;
  private readonly facts = new Facts();
  private readonly face: HTMLButtonElement;
  private readonly leave: HTMLButtonElement;

  constructor(front: () => void, leave: () => void) {
    this.face = h("button", { type: "button", class: "rp-face", onclick: front }, ...this.facts.nodes);
    this.leave = h("button", { type: "button", class: "hr-quiet rp-leave", onclick: leave }, "✕");
    this.element = h("div", { class: "rp-run" }, this.face, this.leave);
  }

  draw(row: RunRow, name: string, isFirst: boolean, readOnly: boolean): void {
    this.facts.draw(row, name, "");
    setAttribute(this.element, "data-run", row.id);
    setAttribute(this.element, "data-first", isFirst);
    setAttribute(this.face, "disabled", readOnly || isFirst);
    const role = isFirst ? "The top bar and the rates are of this run." : "Click to have it in the top bar.";
    setAttribute(this.element, "title", readOnly ? wholeText(row) : `${wholeText(row)}\n${role}`);
    setHidden(this.leave, readOnly);
    const words = `Leave run #${row.number} out of the charts`;
    setAttribute(this.leave, "title", words);
    setAttribute(this.leave, "aria-label", words);
  }
}

/** A run that can be chosen. */
class Offered {
  readonly element: HTMLElement;
  private readonly facts = new Facts();
  private readonly box: HTMLInputElement;

  constructor(toggle: () => void) {
    this.box = h("input", { type: "checkbox", onchange: toggle });
    this.element = h("label", { class: "rp-offer" }, this.box, ...this.facts.nodes);
  }

  draw(row: RunRow, name: string, isShown: boolean, isFull: boolean): void {
    this.facts.draw(row, name, agoText(row.seconds_ago));
    this.box.checked = isShown;
    setAttribute(this.box, "disabled", isFull && !isShown);
    setAttribute(this.element, "title", wholeText(row));
  }
}

export class RunsView implements View<RunsData> {
  private readonly element: HTMLElement;
  private readonly list = h("div", { class: "rp-list" });
  private readonly none = h("span", { class: "rp-none" }, "No run is drawn. Choose some: →");
  private readonly open = h("button", { type: "button", class: "rp-open" });
  private readonly offers = h("div", { class: "rp-offers" });
  private readonly note = h("div", { class: "rp-note" });
  private readonly verdict = h("span", { class: "rp-verdict", "aria-live": "polite" });
  private readonly result = h(
    "button",
    { type: "button", title: "The race's runs side by side", onclick: () => this.showResult() },
    "Result",
  );
  private readonly race = h("div", { class: "rp-race" }, this.verdict, this.result);
  private readonly popup: HTMLElement;
  private readonly all = h(
    "button",
    {
      type: "button",
      class: "rp-all",
      title: "All runs: sort, find, compare, tag, delete",
      onclick: () => this.openTable(),
    },
    "Table",
  );
  private readonly outbox: Outbox<RunAction & { nonce: string }>;
  private readonly table: RunTable;
  private readonly shown = new Map<string, Shown>();
  private readonly offered = new Map<string, Offered>();
  private readonly choice = new Choice<string>();
  private data: RunsData | null = null;
  /** The newest news, and of what. */
  private told: { follow: string; news: RunsNews } | null = null;

  constructor(private readonly host: Host) {
    this.popup = h("div", { class: "rp-popup", role: "dialog", "aria-label": "Runs" }, this.note, this.offers);
    const presses = h("div", { class: "rp-presses" }, this.open, this.all);
    this.element = h("div", { class: "rp-panel" }, this.list, this.none, presses, this.popup, this.race);
    attachPopover(this.open, this.popup, this.open);
    host.root.append(this.element);
    this.outbox = new Outbox((action) => host.trigger("action", action));
    this.table = new RunTable(host.root, {
      act: (action) => this.outbox.push({ ...action, nonce: newNonce() }),
      choose: (change) => this.choose(change),
    });
  }

  update(data: RunsData): void {
    const { told } = this;
    this.data = told?.follow === data.follow ? { ...data, ...told.news } : data;
    this.draw();
  }

  news(list: RunsNews | null): void {
    if (list === null || this.data === null) return;
    const { rows, num_older, num_deleted, race } = list;
    const news = { rows, num_older, num_deleted, race };
    this.told = { follow: this.data.follow, news };
    this.data = { ...this.data, ...news };
    this.draw();
  }

  left(): void {
    this.outbox.flush();
  }

  back(): void {
    this.table.back();
  }

  destroy(): void {
    this.table.destroy();
    this.element.remove();
  }

  private draw(): void {
    const { data } = this;
    if (data === null) return;
    const chosen = this.chosen(data);
    const rows = new Map(data.rows.map((row) => [row.id, row]));
    const drawn = chosen.flatMap((id) => rows.get(id) ?? []);
    setAttribute(this.list, "data-several", drawn.length > 1);
    const names = shortNames(drawn, drawn.length > 1 ? LETTERS_BESIDE : LETTERS_ALONE);
    const allNames = shortNames(data.rows, LETTERS_OFFERED);
    place(
      this.list,
      drawn.map((row, index) => {
        const view = this.keep(this.shown, row.id, () => this.makeShown(row.id));
        view.draw(row, names.get(row.id)!, index === 0, data.read_only);
        return view.element;
      }),
    );
    setHidden(this.none, drawn.length > 0);
    const table = data.read_only ? null : data.table;
    setHidden(this.all, table === null);
    this.table.update(table, chosen, data.most);
    this.drawRace(data);
    const isFull = chosen.length >= data.most;
    setHidden(this.open, data.read_only);
    setText(this.open, `${data.rows.length + data.num_older} runs ▾`.replace(/^1 runs/, "1 run"));
    setAttribute(this.open, "title", "Choose the runs that are drawn over each other");
    const older = data.num_older > 0 ? ` ${data.num_older} older ones are not listed.` : "";
    setText(this.note, `At most ${data.most} are drawn over each other${isFull ? ", as now" : ""}.${older}`);
    place(
      this.offers,
      data.rows.map((row) => {
        const view = this.keep(this.offered, row.id, () => new Offered(() => this.toggle(row.id)));
        view.draw(row, allNames.get(row.id)!, chosen.includes(row.id), isFull);
        return view.element;
      }),
    );
  }

  private drawRace({ race }: RunsData): void {
    setHidden(this.race, race === null);
    setAttribute(this.list, "data-race", race !== null);
    if (race === null) return;
    setText(this.verdict, race.text);
    setAttribute(this.verdict, "title", race.text);
    setAttribute(this.verdict, "data-over", race.is_over);
  }

  private openTable(): void {
    this.popup.hidePopover();
    this.table.open();
  }

  private showResult(): void {
    this.host.trigger("action", { kind: "race_result", nonce: newNonce() });
  }

  private keep<Each>(held: Map<string, Each>, id: string, make: () => Each): Each {
    let view = held.get(id);
    if (view === undefined) held.set(id, (view = make()));
    return view;
  }

  private makeShown(id: string): Shown {
    return new Shown(
      () => this.choose((chosen) => inFront(chosen, id)),
      () => this.toggle(id),
    );
  }

  private toggle(id: string): void {
    this.choose((chosen) => toggled(chosen, id, this.data?.most ?? 0));
  }

  private choose(change: (chosen: string[]) => string[]): void {
    const { data } = this;
    if (data === null || data.read_only) return;
    const shown = change(this.chosen(data));
    this.choice.choose(shown.join(), performance.now());
    this.host.trigger("choose", { shown, nonce: newNonce() });
    this.draw();
  }

  /** What was chosen here stands until the server says the same. */
  private chosen(data: RunsData): string[] {
    const ids = this.choice.current(data.shown.join(), performance.now());
    return ids === "" ? [] : ids.split(",");
  }
}
