import { spectralAngle } from "@hekla/datasets";
import { DataError } from "@hekla/tensor";
import type { PredictContext, Prediction } from "../model.js";
import { pictureGrid } from "../plots/index.js";
import type { HyperspectralConfig } from "./hyperspectral-config.js";
import { restoreScene } from "./restored-scene.js";
import { checkBands, loadScene } from "./scene-data.js";
import { type GivenScene, readScene } from "./scene-file.js";
import { abundanceMaps } from "./unmixing-pictures.js";
import { rowOf } from "./unmixing-score.js";

/** Which pixel to tell of. */
interface PixelOptions {
  readonly row: number;
  readonly column: number;
}

/** Codes of a pixel of a file's scene, or of the data set's, with a picture of those of all pixels. */
export async function describePixel({
  model,
  config,
  data,
  options: { row, column },
  input,
}: PredictContext<HyperspectralConfig, PixelOptions>): Promise<Prediction> {
  const scene: GivenScene = input ? await readScene(input) : await loadScene(data, config);
  checkBands(scene, config.bands, scene.source);
  const { height, width, pixels } = scene;
  if (row >= height || column >= width) {
    throw new DataError(
      `hyperspectral-ae: ${scene.source} has no pixel ${row}, ${column}, expected rows 0 to ${height - 1} and columns 0 to ${width - 1}`,
    );
  }
  const { codes, restored } = await restoreScene(model, scene, config);
  const { endmembers, bands, variant } = config;
  const pixel = row * width + column;
  const code = [...codes.subarray(pixel * endmembers, (pixel + 1) * endmembers)];
  const means = code.map((_, k) => {
    let sum = 0;
    for (let at = k; at < codes.length; at += endmembers) sum += codes[at]!;
    return sum / (height * width);
  });
  const angle = spectralAngle(rowOf(pixels, pixel), restored.subarray(pixel * bands, (pixel + 1) * bands));
  const mixture = variant !== "bottleneck";
  const names = code.map((_, k) => (mixture ? `endmember ${k + 1}` : `code ${k + 1}`));
  const shown = (value: number) => (mixture ? `${(100 * value).toFixed(1)} %` : value.toFixed(4)).padStart(9);
  return {
    text: [
      `${scene.source}: ${height} x ${width} pixels`,
      `${"".padEnd(14)}${`pixel ${row}, ${column}`.padStart(14)}${"all pixels".padStart(12)}`,
      ...names.map(
        (name, k) => `${name.padEnd(14)}${shown(code[k]!).padStart(14)}${shown(means[k]!).padStart(12)}`,
      ),
      `angle between the pixel's spectrum and the restored one: ${angle.toFixed(4)} rad`,
    ].join("\n"),
    json: { source: scene.source, row, column, codes: code, means, angle },
    artifacts: [
      mixture
        ? await abundanceMaps(`Abundances, ${scene.source.replace(/^.*[/\\]/, "")}`, scene, names, [
            { label: "", shares: codes },
          ])
        : await codePictures(codes, names, scene),
    ],
  };
}

/** Free numbers, each from its least to its largest value. */
async function codePictures(codes: Float32Array, names: readonly string[], { height, width }: GivenScene) {
  const count = names.length;
  const pictures = new Float32Array(codes.length);
  names.forEach((_, k) => {
    const values = Float32Array.from({ length: height * width }, (_, pixel) => codes[pixel * count + k]!);
    const [least, largest] = [
      values.reduce((a, b) => Math.min(a, b)),
      values.reduce((a, b) => Math.max(a, b)),
    ];
    pictures.set(
      values.map((value) => (value - least) / (largest - least || 1)),
      k * height * width,
    );
  });
  return {
    name: "codes.svg",
    doc: "numbers of the code, each from its least (dark) to its largest value",
    content: await pictureGrid({
      title: "Code of each pixel",
      pictures: { data: pictures, shape: [count, height, width] },
      columns: count,
      columnLabels: names,
      scale: Math.max(1, Math.round(190 / width)),
    }),
  };
}
