/**
 * Curves over time on a canvas, which takes a tenth of what Plotly's elements take of the page: what is new is drawn many
 * times a second.
 */

import { h } from "../../shared/dom";
import type { Range } from "../axis";
import type { Drawing, DrawingEvents, Sheet } from "../drawing";
import { marginOf, mostTicks, mostTimeTicks } from "../layout";
import type { Trace } from "../message";
import { Hover } from "./hover";
import { ink } from "./ink";
import { isInside, type Plot, plotOf } from "./plot";
import { Scene } from "./scene";
import { horizontalTicks, verticalTicks } from "./ticks";
import { ZoomBox } from "./zoom";

/** What is drawn, for whoever looks at the page from outside, in the terms of the server's figures. */
export interface CurveElement extends HTMLDivElement {
  data?: readonly Trace[];
  axes?: Record<"xaxis" | "yaxis", { range: Range; type: "linear" | "log"; _offset: number; _length: number }>;
}

/** Before there is anything, an axis is this. */
const UNKNOWN: Record<"linear" | "log", Range> = { linear: [0, 1], log: [-4, 1] };

export class CurveDrawing implements Drawing {
  readonly element: CurveElement = h("div", { class: "lv-plot lv-curves" });
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly context = this.canvas.getContext("2d")!;
  private readonly scene: Scene;
  private readonly area = h("div", { class: "lv-area" });
  private readonly zoom = new ZoomBox();
  private readonly hover = new Hover();
  private plot: Plot | null = null;
  /** Whether the newest press of the pointer was a zoom. */
  private isZoomed = false;
  private pointer: { x: number; y: number } | null = null;

  constructor(private readonly events: DrawingEvents) {
    this.scene = new Scene((flag, x, y) => events.openFlag(flag, x, y));
    this.element.append(
      this.scene.back,
      this.canvas,
      this.area,
      this.zoom.element,
      this.scene.front,
      this.hover.element,
    );
    this.area.addEventListener("pointerdown", (event) => this.press(event));
    this.area.addEventListener("pointermove", (event) => this.move(event));
    this.area.addEventListener("pointerup", (event) => this.release(event));
    this.area.addEventListener("click", (event) => this.click(event));
    this.area.addEventListener("pointercancel", () => this.zoom.cancel());
    this.area.addEventListener("pointerleave", () => this.leave());
    this.area.addEventListener("dblclick", () => events.reset());
  }

  get isBegun(): boolean {
    return this.plot !== null;
  }

  draw({ chart, visible, frame, labels, colours }: Sheet): void {
    const isFirst = this.plot === null;
    const scale = frame.scale ?? "linear";
    const x = { range: frame.zoom.x ?? frame.span, isLog: frame.over.isLog };
    const y = { range: frame.zoom.y ?? frame.range ?? UNKNOWN[scale], isLog: scale === "log" };
    const plot = plotOf(frame, marginOf(chart, labels), x, y);
    this.plot = plot;
    this.scene.draw({
      plot,
      horizontal: horizontalTicks(x.range, frame.over.along, x.isLog, mostTimeTicks(frame)),
      vertical: verticalTicks(y.range, scale, frame.floor, mostTicks(frame), chart.tick_format),
      flags: frame.flags,
      labels,
      colours,
    });
    this.fit(frame.width, frame.height);
    ink(this.context, visible, plot);
    this.tell(visible, plot);
    if (!this.zoom.isDragged) this.hover.follow(visible, plot, this.pointer);
    if (isFirst) this.events.begun();
  }

  end(next: Drawing | null): void {
    if (next === null) this.element.remove();
    else this.element.replaceWith(next.element);
  }

  /** An empty canvas of as many dots as the screen has. */
  private fit(width: number, height: number): void {
    const dots = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * dots), Math.round(height * dots)];
    if (this.canvas.width !== across || this.canvas.height !== down) {
      this.canvas.width = across;
      this.canvas.height = down;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, across, down);
    this.context.setTransform(across / width, 0, 0, down / height, 0, 0);
  }

  private tell(visible: readonly Trace[], { left, top, width, height, x, y }: Plot): void {
    for (const [side, pixels] of Object.entries({ left, top, width, height })) {
      const text = `${pixels}px`;
      if (this.area.style.getPropertyValue(side) !== text) this.area.style.setProperty(side, text);
    }
    this.element.data = visible;
    this.element.axes = {
      xaxis: { range: x.range, type: x.isLog ? "log" : "linear", _offset: left, _length: width },
      yaxis: { range: y.range, type: y.isLog ? "log" : "linear", _offset: top, _length: height },
    };
  }

  /** In pixels of the drawing. */
  private placeOf(event: PointerEvent): { x: number; y: number } {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0 || this.plot === null) return;
    this.area.setPointerCapture(event.pointerId);
    this.zoom.begin(this.placeOf(event));
  }

  private move(event: PointerEvent): void {
    if (this.plot === null) return;
    this.pointer = this.placeOf(event);
    this.zoom.move(this.pointer, this.plot);
    if (this.zoom.isDragged || !isInside(this.plot, this.pointer.x, this.pointer.y)) this.hover.hide();
    else this.hover.follow(this.element.data ?? [], this.plot, this.pointer);
  }

  private release(event: PointerEvent): void {
    if (this.plot === null) return;
    const zoomed = this.zoom.end(this.placeOf(event), this.plot);
    this.isZoomed = zoomed !== null;
    if (zoomed !== null) this.events.zoomed(zoomed.x, zoomed.y);
  }

  /** A drag ends with a click too. */
  private click(event: MouseEvent): void {
    if (!this.isZoomed) this.events.clicked(event.clientX - this.area.getBoundingClientRect().left, event);
  }

  private leave(): void {
    this.pointer = null;
    this.hover.hide();
  }
}
