/** A component's life under Streamlit: one view per widget, kept over reruns and remounts, destroyed once. */

import type { FrontendRenderer, FrontendRendererArgs } from "@streamlit/component-v2-lib";
import { h, setAttribute } from "./dom";
import { Following } from "./feed";
import { Presence } from "./presence";
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
  /** What the address that `data.follow` names says; null once there is none. False if something before it is missing. */
  news?(news: unknown): boolean | void;
  /** Whether news are of use while the tab is hidden. */
  readonly isAwake?: boolean;
  /** Only what cannot follow CSS variables needs this. */
  recolour?(colours: Colours): void;
  /** Off the page, perhaps for good: what waits to be sent is sent now, and what is outside of the root is let go. */
  left?(): void;
  /** After `left`, or in another place of the page: what was let go is taken hold of again. */
  back?(): void;
  destroy(): void;
}

/** A view that was taken away comes back within this time, or never; on a slow machine that is many seconds. */
const GRACE_MS = 15_000;

/** The wrapper's own key of the widget: Streamlit's is another one at each mount. */
interface Known {
  key?: string;
  follow?: string | null;
}

class Instance<Data> implements Host {
  readonly root = h("div", { class: "hr-root" });
  colours: Colours;
  private readonly presence = new Presence(this.root);
  private readonly view: View<Data>;
  private parent: FrontendRendererArgs["parentElement"];
  private generation = 0;
  private hasLeft = false;
  private readonly following: Following;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    create: (host: Host) => View<Data>,
    private args: FrontendRendererArgs,
    private readonly forget: () => void,
  ) {
    // Nothing is seen before its style sheet has come, which shows it again.
    this.root.style.visibility = "hidden";
    this.parent = args.parentElement;
    this.parent.append(this.root);
    this.colours = readColours(this.root);
    setAttribute(this.root, "data-theme", this.colours.name);
    this.view = create(this);
    this.following = new Following((news) => this.view.news?.(news), { sleeps: this.view.isAwake !== true });
  }

  setState(name: string, value: unknown): void {
    this.args.setStateValue(name, value as never);
  }

  trigger(name: string, value: unknown): void {
    this.args.setTriggerValue(name, value as never);
  }

  /** A call of Streamlit's; the result is its clean-up. */
  call(args: FrontendRendererArgs): () => void {
    this.args = args;
    clearTimeout(this.timer);
    const generation = ++this.generation;
    const isMoved = args.parentElement !== this.parent || !this.root.isConnected;
    if (isMoved) {
      this.parent = args.parentElement;
      this.parent.append(this.root);
    }
    this.recolour();
    if (isMoved || this.hasLeft) this.view.back?.();
    this.hasLeft = false;
    this.view.update(args.data as Data);
    this.following.to((args.data as Known).follow ?? null);
    if (isMoved) this.presence.restore();
    return () => {
      if (generation === this.generation) this.leave();
    };
  }

  private recolour(): void {
    const colours = readColours(this.root);
    if (JSON.stringify(colours) === JSON.stringify(this.colours)) return;
    this.colours = colours;
    setAttribute(this.root, "data-theme", colours.name);
    this.view.recolour?.(colours);
  }

  /**
   * For a while only perhaps. When data changes while Streamlit still waits for this module, as on a busy page, it calls
   * with the older data, at once runs that call's cleanup, and then calls with the newer: a drag or a half-typed number
   * must go on.
   */
  private leave(): void {
    this.view.left?.();
    this.following.rest();
    this.hasLeft = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.forget();
      this.view.destroy();
      this.root.remove();
    }, GRACE_MS);
  }
}

/** The default export of a component. Streamlit calls it again at every change of data or theme, and at every mount. */
export function component<Data>(create: (host: Host) => View<Data>): FrontendRenderer {
  const instances = new Map<string, Instance<Data>>();
  return (args) => {
    const key = (args.data as Known).key ?? args.key;
    let instance = instances.get(key);
    if (instance === undefined) {
      instance = new Instance(create, args, () => instances.delete(key));
      instances.set(key, instance);
    }
    return instance.call(args);
  };
}
