/** The editor's view: context rail, tower, and what ties them to the store. */

import { h, setStyle, setText } from "../shared/dom";
import type { Host, View } from "../shared/mount";
import { Following } from "../shared/feed";
import { newNonce } from "../shared/nonce";
import { EDIT_SENT } from "../shared/order";
import { onSurroundings } from "../shared/place";
import { Throttle } from "../shared/throttle";
import { Actions } from "./actions";
import { askAbout, type DraftAnswer } from "./draft";
import { Drag } from "./drag/drag";
import { Spring } from "./drag/spring";
import { onKey, undoOf } from "./keyboard";
import { Store } from "./store";
import type { EditorData, Live, Preflight } from "./types";
import { GroupsPanel } from "./view/groupspanel";
import { ItemPanel, PartPanel } from "./view/itempanel";
import { Palette } from "./view/palette";
import { Rail } from "./view/rail";
import type { Scene } from "./view/scene";
import { Schedule } from "./view/schedule";
import { Tower } from "./view/tower";

const MIN_HEIGHT = 420;
const PAGE_MARGIN = 12;
/** As in pages/style.css: there the charts stand below, and must not be pushed out of sight. */
const STACKED = "(max-width: 1000px) and (orientation: portrait)";
const STACKED_SHARE = 0.56;
/** Below this width cards drop what the form shows as well. */
const NARROW = 620;
/** For whoever asks for less motion, cards change no more often. */
const CALM = "(prefers-reduced-motion: reduce)";
const CALM_MS = 1000;

export function createEditor(host: Host): View<EditorData> {
  const element = h("div", { class: "hr-editor" });
  const spoken = h("div", { class: "hr-hidden", role: "status", "aria-live": "polite" });
  let waiting = false;
  let height: number | null = null;
  let draft: string | null = null;
  // What was answered last stays until the newest question is answered.
  const preflights = new Following((news) => takePreflight(news as Preflight | null), { sleeps: true });

  const store = new Store({
    preview: (edit) => (draft === null ? null : askAbout(edit, draft).then(takeAnswer)),
    send: (edit) => {
      host.trigger("edit", edit);
      window.dispatchEvent(new Event(EDIT_SENT));
    },
    ask: (kind, more) => host.trigger("action", { kind, nonce: newNonce(), ...more }),
    announce: (text) => {
      setText(spoken, text);
      rail.tell(text);
    },
    render: () => render(),
  });
  const actions = new Actions(store);
  const scene: Scene = {
    store,
    actions,
    get catalogue() {
      if (store.catalogue === null) throw new Error("The editor is drawn before its catalogue came.");
      return store.catalogue;
    },
    get document() {
      if (store.document === null) throw new Error("The editor is drawn before its document came.");
      return store.document;
    },
  };
  // Only this one node is drawn: nothing that is dragged or dropped on moves by it.
  const spring = new Spring(element, (id) => {
    store.setOpen(id, true);
    tower.redraw(id);
  });
  const drag = new Drag(
    {
      started: (role) => {
        store.dragging = true;
        if (role === "layer" || role === "shortcut_layer") spring.start();
        element.dataset["dragging"] = role;
      },
      ended: (source, place) => {
        store.dragging = false;
        spring.stop();
        delete element.dataset["dragging"];
        if (place !== null) actions.drop(source, place);
        // Also without a change: SortableJS moved elements that must stand again where the model says.
        render();
        if (waiting) drawLive();
        waiting = false;
      },
    },
    () => tower.element,
    h("div", { class: "scroll" }),
  );
  const tower: Tower = new Tower(scene, drag);
  const rail: Rail = new Rail(scene, {
    blocks: new Palette(scene, drag),
    item: new ItemPanel(scene),
    groups: new GroupsPanel(scene),
    training: new PartPanel(
      scene,
      [
        { part: "training", title: "Training", help: "How the network is trained" },
        { part: "network", title: "Network", help: "What holds for the whole tower" },
      ],
      new Schedule(scene),
    ),
    data: new PartPanel(scene, [{ part: "data", title: "Data", help: "Which samples, and how they are prepared" }]),
  });
  element.append(rail.element, tower.element, spoken);
  host.root.append(element);

  function render(): void {
    if (store.catalogue === null || store.document === null || store.dragging) return;
    drag.setDisabled(store.readOnly);
    const focused = tower.focused();
    if (focused !== null) tower.handOver(focused);
    tower.update();
    tower.preflight();
    rail.update();
    if (focused !== null) tower.refocus(focused);
    if (store.inserted !== null) tower.reveal(store.inserted);
    store.inserted = null;
  }

  function drawLive(): void {
    if (!store.dragging) tower.live();
  }

  function takeAnswer(answer: DraftAnswer | null): void {
    if (answer !== null && store.answered(answer.epoch, answer)) render();
  }

  const calmly = new Throttle(drawLive, CALM_MS);

  function takePreflight(found: Preflight | null): void {
    store.preflight = found;
    if (store.catalogue !== null && store.document !== null && !store.dragging) tower.preflight();
  }

  /** Down to the window's lower edge, unless the page says how high. */
  function fit(): void {
    const top = element.getBoundingClientRect().top + window.scrollY;
    const isStacked = window.matchMedia(STACKED).matches;
    const free = isStacked ? STACKED_SHARE * window.innerHeight : window.innerHeight - top - PAGE_MARGIN;
    setStyle(element, "height", `${height ?? Math.max(MIN_HEIGHT, Math.round(free))}px`);
  }

  element.addEventListener("keydown", (event) => {
    if (store.document === null || store.catalogue === null || !onKey(event, scene, tower)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener("click", (event) => {
    const target = event.target as Element;
    const node = target.closest<HTMLElement>(".node");
    if (node?.dataset["id"] !== undefined && target.closest(".card")) {
      // With the groups open, a click picks an item for a rule.
      store.select(node.dataset["id"], target.closest("input") === null && store.tab !== "groups");
      if (!target.closest("input, button")) node.focus({ preventScroll: true });
    } else if (target.closest(".tower .scroll") && !node) store.select(null);
  });
  // What is still being typed belongs to the run that is started now, and to whatever else is done next.
  const onLeave = (event: Event) => {
    if (!event.composedPath().includes(element)) store.flush();
  };
  const onCommand = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) store.flush();
  };
  const onUndo = (event: KeyboardEvent) => {
    const isOurs = !event.defaultPrevented && !store.readOnly && store.document !== null && element.isConnected;
    const undo = isOurs ? undoOf(event) : null;
    if (undo === null) return;
    event.preventDefault();
    actions[undo]();
  };
  window.addEventListener("pointerdown", onLeave, { capture: true });
  window.addEventListener("focusin", onLeave, { capture: true });
  window.addEventListener("keydown", onCommand, { capture: true });
  window.addEventListener("keydown", onUndo);
  const onResize = () => fit();
  window.addEventListener("resize", onResize);
  let forget = onSurroundings(host.root, fit);
  const observer = new ResizeObserver(([entry]) => {
    // Off the page there is no width.
    if (entry && element.isConnected) element.classList.toggle("narrow", entry.contentRect.width < NARROW);
  });
  observer.observe(element);
  // An edit that still waits for the hand to rest must not die with the page.
  const onHide = () => store.flush();
  window.addEventListener("pagehide", onHide);

  return {
    update: (data) => {
      height = data.height ?? null;
      draft = data.draft ?? null;
      store.receive(data);
      preflights.to(data.preflight);
      fit();
      if (store.dragging) {
        waiting = true;
        return;
      }
      render();
      drawLive();
    },
    news: (news: Live | null) => {
      store.live = news;
      if (news !== null && window.matchMedia(CALM).matches) calmly.request();
      else drawLive();
    },
    left: () => store.flush(),
    back: () => {
      forget();
      forget = onSurroundings(host.root, fit);
      fit();
    },
    destroy: () => {
      observer.disconnect();
      forget();
      window.removeEventListener("pointerdown", onLeave, { capture: true });
      window.removeEventListener("focusin", onLeave, { capture: true });
      window.removeEventListener("keydown", onCommand, { capture: true });
      window.removeEventListener("keydown", onUndo);
      window.removeEventListener("resize", onResize);
      window.removeEventListener("pagehide", onHide);
      preflights.rest();
      spring.stop();
      drag.destroy();
      rail.destroy();
      tower.destroy();
      element.remove();
    },
  };
}
