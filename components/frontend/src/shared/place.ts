/** Where an element stands on the page. */

/**
 * Calls back when what is around an element changes size, as when a part of the page above it arrives late: a place
 * itself cannot be observed. The result ends it.
 */
export function onSurroundings(element: HTMLElement, call: () => void): () => void {
  let frame = 0;
  // In a frame of its own: `call` may change sizes itself, which an observer must not do under way.
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(call);
  });
  let node: Node | null = element;
  while (node !== null) {
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
    if (node instanceof Element) observer.observe(node);
  }
  return () => {
    cancelAnimationFrame(frame);
    observer.disconnect();
  };
}
