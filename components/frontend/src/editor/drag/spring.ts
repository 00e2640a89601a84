/** A closed block opens when a layer rests on it during a drag, so that its lanes can take the layer. */

const REST_MS = 450;

export class Spring {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private over: string | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly open: (id: string) => void,
  ) {}

  start(): void {
    window.addEventListener("pointermove", this.onMove, { passive: true });
  }

  stop(): void {
    window.removeEventListener("pointermove", this.onMove);
    this.rest(null);
  }

  private readonly onMove = (event: PointerEvent): void => {
    const page = this.root.getRootNode() as Document | ShadowRoot;
    const card = page
      .elementsFromPoint(event.clientX, event.clientY)
      .find((element) => element.matches(".tower .node.block > .card"));
    const node = card?.parentElement;
    this.rest(node?.getAttribute("aria-expanded") === "false" ? (node.dataset["id"] ?? null) : null);
  };

  private rest(id: string | null): void {
    if (id === this.over) return;
    this.over = id;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = id === null ? null : setTimeout(() => this.open(id), REST_MS);
  }
}
