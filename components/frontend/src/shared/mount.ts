/** A component's life under Streamlit: one view per parent element, kept over reruns, destroyed once. */

import type { FrontendRenderer, FrontendRendererArgs } from "@streamlit/component-v2-lib";
import { h, setAttribute } from "./dom";
import { type Colours, readColours } from "./theme";

/** What a view may use; the functions always reach the newest call's Streamlit. */
export interface Host {
  readonly root: HTMLElement;
  readonly colours: Colours;
  setState(name: string, value: unknown): void;
  trigger(name: string, value: unknown): void;
}

export interface View<Data> {
  update(data: Data): void;
  /** Only what cannot follow CSS variables needs this. */
  recolour?(colours: Colours): void;
  destroy(): void;
}

interface Instance<Data> {
  host: { root: HTMLElement; colours: Colours };
  view: View<Data>;
  args: FrontendRendererArgs;
  generation: number;
}

/**
 * The default export of a component. Streamlit calls it again at every change of data or theme with the same parent
 * element, and may run the cleanup of a superseded call late: only the newest call's cleanup destroys the view.
 */
export function component<Data>(create: (host: Host) => View<Data>): FrontendRenderer {
  const instances = new WeakMap<object, Instance<Data>>();
  return (args) => {
    const { parentElement } = args;
    let instance = instances.get(parentElement);
    if (instance === undefined) {
      const root = h("div", { class: "hr-root" });
      // Nothing is seen before its style sheet has come, which shows it again.
      root.style.visibility = "hidden";
      parentElement.append(root);
      const colours = readColours(root);
      setAttribute(root, "data-theme", colours.name);
      const state = { root, colours };
      const made: Omit<Instance<Data>, "view"> = { host: state, args, generation: 0 };
      const view = create({
        get root() {
          return state.root;
        },
        get colours() {
          return state.colours;
        },
        setState: (name, value) => made.args.setStateValue(name, value),
        trigger: (name, value) => made.args.setTriggerValue(name, value),
      });
      instance = Object.assign(made, { view });
      instances.set(parentElement, instance);
    }
    const current = instance;
    current.args = args;
    const generation = ++current.generation;
    const colours = readColours(current.host.root);
    if (JSON.stringify(colours) !== JSON.stringify(current.host.colours)) {
      current.host.colours = colours;
      setAttribute(current.host.root, "data-theme", colours.name);
      current.view.recolour?.(colours);
    }
    current.view.update(args.data as Data);
    return () => {
      if (generation !== current.generation || instances.get(parentElement) !== current) return;
      instances.delete(parentElement);
      current.view.destroy();
      current.host.root.remove();
    };
  };
}
