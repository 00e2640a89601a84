/** The tower by keyboard alone. */

import { find, isRepeat } from "./model/tree";
import type { Scene } from "./view/scene";
import type { Tower } from "./view/tower";

const TEXT_FIELDS = "input:not([type=checkbox], [type=range]), textarea, select, [contenteditable]";

/** Whether a key undoes or redoes, wherever on the page it was pressed; in a text field it belongs to the field. */
export function undoOf(event: KeyboardEvent): "undo" | "redo" | null {
  const target = event.composedPath()[0];
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  if (target instanceof Element && target.closest(`${TEXT_FIELDS}, [role=dialog]`)) return null;
  const key = event.key.toLowerCase();
  if (key === "y" || (key === "z" && event.shiftKey)) return "redo";
  return key === "z" ? "undo" : null;
}

/** Handles a key on the editor; true if it was one of ours. */
export function onKey(event: KeyboardEvent, scene: Scene, tower: Tower): boolean {
  const { store, actions } = scene;
  const target = event.composedPath()[0] as HTMLElement;
  const typing = target.matches(TEXT_FIELDS);
  const command = event.ctrlKey || event.metaKey;
  const undo = undoOf(event);
  if (undo !== null) {
    actions[undo]();
    return true;
  }
  if (event.key === "Escape" && store.selected !== null) {
    const { selected } = store;
    store.select(null);
    tower.focus(selected);
    return true;
  }
  const node = typing ? null : target.closest<HTMLElement>(".node");
  const id = node?.dataset["id"];
  if (id === undefined || target.matches("button")) return false;
  return onCard(event, id, command, scene, tower);
}

function onCard(event: KeyboardEvent, id: string, command: boolean, scene: Scene, tower: Tower): boolean {
  const { store, actions } = scene;
  const refocus = () => {
    if (store.selected !== null) tower.focus(store.selected);
  };
  const direction = event.key === "ArrowUp" ? -1 : 1;
  switch (event.key) {
    case "ArrowUp":
    case "ArrowDown":
      if (event.altKey && !store.readOnly) {
        store.selected = id;
        actions.step(id, direction);
      } else select(id, direction, scene, tower);
      refocus();
      return true;
    case "Home":
    case "End": {
      const cards = tower.visible();
      store.select((event.key === "Home" ? cards[0] : cards.at(-1))?.dataset["id"] ?? null);
      refocus();
      return true;
    }
    case "ArrowLeft":
    case "ArrowRight":
      fold(id, event.key === "ArrowRight", scene);
      refocus();
      return true;
    case "Enter":
      store.select(id, true);
      store.announce(`Form of ${actions.titleOf(id)} opened.`);
      return true;
    case " ":
      store.select(id);
      return true;
    case "Delete":
    case "Backspace":
      actions.remove(id);
      refocus();
      return true;
  }
  if (command && event.key.toLowerCase() === "d") {
    actions.duplicate(id);
    refocus();
    return true;
  }
  if (!command && !event.altKey && event.key.toLowerCase() === "b") {
    actions.bypass(id);
    return true;
  }
  return stepTimes(event.key, id, scene);
}

function select(id: string, direction: -1 | 1, scene: Scene, tower: Tower): void {
  const cards = tower.visible();
  const index = cards.findIndex((card) => card.dataset["id"] === id);
  // The first arrow on a card that is only focused selects it.
  const next = scene.store.selected === id ? cards[index + direction] : cards[index];
  if (next?.dataset["id"] !== undefined) scene.store.select(next.dataset["id"]);
}

/** Right opens, then goes in; left closes, then goes out: the habit of trees. */
function fold(id: string, right: boolean, scene: Scene): void {
  const { store } = scene;
  const found = find(scene.document, id);
  if (found === null) return;
  if (store.isOpen(id) !== right) store.setOpen(id, right);
  else if (!right && found.ancestors.length > 0) store.select(found.ancestors.at(-1)?.id ?? null);
  if (store.selected === null) store.select(id);
}

/** Plus and minus change a repeat's count. */
function stepTimes(key: string, id: string, scene: Scene): boolean {
  const item = find(scene.document, id)?.item;
  if (!item || !isRepeat(item) || (key !== "+" && key !== "-")) return false;
  scene.actions.setTimes(id, Number(item["times"]) + (key === "+" ? 1 : -1));
  return true;
}
