import { encodePng } from "@hekla/layers";
import type { HostArray } from "@hekla/tensor";
import { rampColor } from "../plots/color-ramp.js";
import { pictureGrid } from "../plots/index.js";
import { element, label, picture, pngAddress } from "../plots/svg.js";

/** Fields `[frames, grid, grid]` that a solver and a network give for the same frames. */
export interface FieldPair {
  readonly truth: HostArray;
  readonly foreseen: HostArray;
}

const rows = ["solver", "network", "difference"] as const;

/** Colors `[3, grid, grid, 3]` of one frame: solver, network, difference, in the scale of the first. */
function colorsOf({ truth, foreseen }: FieldPair, frame: number): Uint8Array {
  const [, height = 0, width = 0] = truth.shape;
  const length = height * width;
  const own = ({ data }: HostArray) => data.subarray(frame * length, (frame + 1) * length);
  const [a, b] = [own(truth), own(foreseen)];
  let largest = Number.MIN_VALUE;
  for (const value of a) largest = Math.max(largest, Math.abs(value));
  const colors = new Uint8Array(3 * length * 3);
  const paint = (row: number, value: (cell: number) => number): void => {
    for (let cell = 0; cell < length; cell++) {
      colors.set(rampColor(0.5 + value(cell) / largest / 2, true), (row * length + cell) * 3);
    }
  };
  paint(0, (cell) => a[cell]!);
  paint(1, (cell) => b[cell]!);
  paint(2, (cell) => b[cell]! - a[cell]!);
  return colors;
}

/** Some of the frames side by side, numbered from 1, with their relative errors. */
export async function fieldPictures(
  title: string,
  pair: FieldPair,
  chosen: readonly number[],
  errors: ArrayLike<number>,
): Promise<string> {
  const [, height = 0, width = 0] = pair.truth.shape;
  const length = height * width * 3;
  const pictures = new Float32Array(3 * chosen.length * length);
  chosen.forEach((frame, column) => {
    const colors = colorsOf(pair, frame - 1);
    for (let row = 0; row < 3; row++) {
      const at = (row * chosen.length + column) * length;
      pictures.set(colors.subarray(row * length, (row + 1) * length), at);
    }
  });
  return pictureGrid({
    title,
    pictures: {
      data: pictures.map((value) => value / 255),
      shape: [3 * chosen.length, height, width, 3],
    },
    columns: chosen.length,
    rowLabels: rows,
    columnLabels: chosen.map((frame) => `frame +${frame}`),
    captions: rows.flatMap((_, row) =>
      chosen.map((frame) => (row < 2 ? "" : `error ${errors[frame - 1]!.toFixed(2)}`)),
    ),
    scale: Math.max(1, Math.round(112 / width)),
  });
}

/** All frames one after the other, again and again: an SVG that moves by itself. */
export async function fieldAnimation(title: string, pair: FieldPair, framesPerSecond = 8): Promise<string> {
  const [frames = 0, height = 0, width = 0] = pair.truth.shape;
  const length = height * width * 3;
  // One picture a row, its frames one below the other; a window shows one of them.
  const strips = rows.map(() => new Uint8Array(frames * length));
  for (let frame = 0; frame < frames; frame++) {
    const colors = colorsOf(pair, frame);
    for (const [row, strip] of strips.entries()) {
      strip.set(colors.subarray(row * length, (row + 1) * length), frame * length);
    }
  }
  const side = 200;
  const pictures = await Promise.all(
    strips.map(async (strip, row) => {
      const x = 16 + row * (side + 12);
      const href = pngAddress(await encodePng(strip, frames * height, width, 3));
      const image = element("image", { width, height: frames * height, href });
      const move = element("animate", {
        attributeName: "y",
        calcMode: "discrete",
        dur: `${(frames / framesPerSecond).toFixed(2)}s`,
        repeatCount: "indefinite",
        values: Array.from({ length: frames }, (_, frame) => -frame * height).join(";"),
      });
      return [
        label(rows[row]!, { class: "quiet", x, y: 50 }),
        `<svg x="${x}" y="58" width="${side}" height="${(side * height) / width}" ` +
          `viewBox="0 0 ${width} ${height}">`,
        image.replace("/>", `>${move}</image>`),
        "</svg>",
      ].join("\n");
    }),
  );
  const size = { width: 20 + 3 * (side + 12), height: 74 + (side * height) / width };
  return picture(size, title, [label(title, { class: "title", x: 16, y: 26 }), ...pictures]);
}
