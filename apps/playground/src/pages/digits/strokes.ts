/** A place on the pad, 0 to 1 from left and from top, and how hard the pen is pressed (1: as a mouse is). */
export interface PenPoint {
  readonly x: number;
  readonly y: number;
  readonly pressure: number;
}

/** Where a pen went without being lifted. */
export type Stroke = readonly PenPoint[];

/** Width of a line as part of the pad: a digit over most of the pad gets the strokes that MNIST's have. */
const lineWidth = 1 / 13;

/** Draws a stroke from its point number `from` on. */
export function drawStroke(context: CanvasRenderingContext2D, stroke: Stroke, from = 0): void {
  const { width, height } = context.canvas;
  context.strokeStyle = "#fff";
  context.lineCap = "round";
  context.lineJoin = "round";
  for (let at = Math.max(from, 0); at < stroke.length; at++) {
    const [start, end] = [stroke[Math.max(at - 1, 0)]!, stroke[at]!];
    context.lineWidth = width * lineWidth * end.pressure;
    context.beginPath();
    // A line of no length at all would leave no dot.
    context.moveTo(start.x * width, start.y * height + (at === 0 ? 0.01 : 0));
    context.lineTo(end.x * width, end.y * height);
    context.stroke();
  }
}

/** The place of a pointer on the pad. */
export function penPoint(event: PointerEvent, pad: DOMRect): PenPoint {
  return {
    x: (event.clientX - pad.left) / pad.width,
    y: (event.clientY - pad.top) / pad.height,
    // Mice report 0.5, many fingers 0 or 1: only a pen's pressure means something.
    pressure: event.pointerType === "pen" ? 0.5 + event.pressure : 1,
  };
}
