import { digitFromImage } from "@hekla/zoo";

/** A canvas to draw on with pointer, pen or finger; `onChange` gets `[28, 28]` values, or nothing when it is blank. */
export function drawPad(canvas: HTMLCanvasElement, onChange: (picture: Float32Array | undefined) => void) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("drawPad: the canvas gives no 2d context");
  let last: { x: number; y: number } | undefined;
  const clear = () => {
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
    onChange(undefined);
  };
  const place = ({ clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return { x: ((clientX - left) * canvas.width) / width, y: ((clientY - top) * canvas.height) / height };
  };
  const line = (to: { x: number; y: number }) => {
    const from = last ?? to;
    context.strokeStyle = "#fff";
    context.lineWidth = canvas.width / 13;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.beginPath();
    context.moveTo(from.x, from.y + 0.01); // a line of no length at all would leave no dot
    context.lineTo(to.x, to.y);
    context.stroke();
    last = to;
  };
  const changed = () => {
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    const grey = Float32Array.from({ length: width * height }, (_, at) => (data[4 * at] ?? 0) / 255);
    onChange(Float32Array.from(digitFromImage({ data: grey, width, height }).data));
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = undefined;
    line(place(event));
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    line(place(event));
    changed();
  });
  clear();
  return { clear };
}
