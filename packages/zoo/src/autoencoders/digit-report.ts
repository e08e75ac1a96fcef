import { type HostArray, HostRandom } from "@hekla/tensor";
import { digitFromImage } from "../digits/digit-image.js";
import { loadTestDigits, withSampleShape } from "../digits/digits-data.js";
import type {
  Artifact,
  EvaluateContext,
  EvaluateOutcome,
  InputFile,
  PredictContext,
  Prediction,
} from "../model.js";
import { pictureGrid } from "../plots/index.js";
import type { CaeConfig, CaeOptions } from "./cae.js";
import { halvesOf } from "./cae-parts.js";
import { binaryCrossentropy, meanSquaredError } from "./picture-errors.js";
import { readPictureFile } from "./picture-file.js";
import { joinPictures, stretched, takePictures } from "./picture-rows.js";

const shown = 10;

/**
 * The mean binary cross-entropy of a test pixel, and its floor: what a perfect reconstruction of these grey values has.
 * Of a network that cleans digits it is that of noisy ones cleaned, the noise always the same.
 */
export async function evaluateDigitNetwork({
  model,
  data,
  config: { noise, latentChannels },
}: EvaluateContext<CaeConfig>): Promise<EvaluateOutcome> {
  const { x, source } = await testDigits(data);
  const given = noise > 0 ? noisy(x, noise) : x;
  const started = performance.now();
  const drawn = await model.predict(given, { batchSize: 500 });
  const seconds = (performance.now() - started) / 1000;
  const binary = binaryCrossentropy(x, drawn);
  const floor = binaryCrossentropy(x, x);
  const metrics: Record<string, number> = {
    binaryCrossentropy: binary,
    crossentropyFloor: floor,
    meanSquaredError: meanSquaredError(x, drawn),
    latentSize: 16 * latentChannels,
  };
  if (noise > 0) {
    metrics["noisyMeanSquaredError"] = meanSquaredError(x, given);
    metrics["cleanBinaryCrossentropy"] = binaryCrossentropy(x, await model.predict(x, { batchSize: 500 }));
  }
  const first = (all: HostArray) => takePictures(all, 0, shown);
  const latents = await halvesOf(model).encoder.predict(first(given));
  return {
    source,
    samples: x.shape[0]!,
    metrics,
    seconds,
    text:
      `${16 * latentChannels} numbers for the 784 of a digit; cross-entropy ${binary.toFixed(4)}, ` +
      `${(binary - floor).toFixed(4)} above the floor of ${floor.toFixed(4)}`,
    artifacts: [
      await reconstructions(first(x), first(drawn), noise > 0 ? first(given) : undefined),
      await latentMaps(first(given), latents),
    ],
  };
}

/** A digit of the test data, or of a file, through the network. */
export async function reconstructDigit({
  model,
  data,
  config: { noise },
  options: { index },
  input,
}: PredictContext<CaeConfig, CaeOptions>): Promise<Prediction> {
  const picture = input ? await digitOfFile(input) : takePictures((await testDigits(data)).x, index, 1);
  const given = noise > 0 && !input ? noisy(picture, noise, index) : picture;
  const drawn = await model.predict(given);
  const latents = await halvesOf(model).encoder.predict(given);
  const name = input ? input.name : `test digit ${index}`;
  const error = binaryCrossentropy(picture, drawn);
  return {
    text: `${name}: binary cross-entropy ${error.toFixed(4)}, mean squared error ${meanSquaredError(picture, drawn).toFixed(5)}`,
    json: {
      name,
      binaryCrossentropy: error,
      meanSquaredError: meanSquaredError(picture, drawn),
      latents: Array.from(latents.data),
      latentShape: latents.shape.slice(1),
    },
    artifacts: [
      await reconstructions(picture, drawn, given === picture ? undefined : given),
      await latentMaps(given, latents),
    ],
  };
}

/** Test digits `[samples, 1, 28, 28]`. */
async function testDigits(data: EvaluateContext["data"]): Promise<{ x: HostArray; source: string }> {
  const { test, source } = await loadTestDigits(data);
  return { x: withSampleShape(test.x, [1, 28, 28]), source };
}

/** The picture of a file as MNIST would have it, `[1, 1, 28, 28]`. */
async function digitOfFile(input: InputFile): Promise<HostArray> {
  const { data, width, height, channels } = await readPictureFile(input);
  // Brightness by Rec. 601.
  const grey = Float32Array.from({ length: width * height }, (_, at) =>
    channels === 1
      ? data[at]! / 255
      : (0.299 * data[3 * at]! + 0.587 * data[3 * at + 1]! + 0.114 * data[3 * at + 2]!) / 255,
  );
  return { data: digitFromImage({ data: grey, width, height }).data, shape: [1, 1, 28, 28] };
}

/** Digits with noise on them, cut to 0 to 1; picture `first + i` always has the same. */
function noisy({ data, shape }: HostArray, deviation: number, first = 0): HostArray {
  const length = 784;
  const result = new Float32Array(data.length);
  for (let picture = 0; picture * length < data.length; picture++) {
    const random = new HostRandom(1, "noise", first + picture);
    for (let at = picture * length; at < (picture + 1) * length; at++) {
      result[at] = Math.min(Math.max(data[at]! + deviation * random.normal(), 0), 1);
    }
  }
  return { data: result, shape };
}

async function reconstructions(x: HostArray, drawn: HostArray, given?: HostArray): Promise<Artifact> {
  const rows = [x, ...(given ? [given] : []), drawn];
  return {
    name: "reconstructions.svg",
    doc: given ? "digits, with noise, and cleaned" : "digits and their reconstructions",
    content: await pictureGrid({
      title: given ? "Digits cleaned of noise" : "Digits and their reconstructions",
      pictures: joinPictures(rows),
      columns: x.shape[0]!,
      rowLabels: ["original", ...(given ? ["noisy"] : []), given ? "cleaned" : "reconstruction"],
    }),
  };
}

/** Each channel of the latent pictures, scaled to its own largest value. */
async function latentMaps(x: HostArray, latents: HostArray): Promise<Artifact> {
  const [count = 0, channels = 0, height = 0, width = 0] = latents.shape;
  const maps = new Float32Array(latents.data.length);
  const area = height * width;
  for (let picture = 0; picture < count; picture++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (picture * channels + channel) * area;
      maps.set(latents.data.subarray(from, from + area), (channel * count + picture) * area);
    }
  }
  for (let channel = 0; channel < channels; channel++) {
    const own = maps.subarray(channel * count * area, (channel + 1) * count * area);
    const largest = own.reduce((most, value) => Math.max(most, value), 1e-9);
    own.forEach((value, at) => {
      own[at] = value / largest;
    });
  }
  const enlarged = stretched({ data: maps, shape: [channels * count, height, width] }, 7);
  return {
    name: "latent-maps.svg",
    doc: "digits and the channels of their latent pictures",
    content: await pictureGrid({
      title: `Latent pictures: ${channels} ${channels === 1 ? "channel" : "channels"} of ${height}x${width}`,
      pictures: joinPictures([x, enlarged]),
      columns: count,
      rowLabels: ["digit", ...Array.from({ length: channels }, (_, at) => `channel ${at + 1}`)],
    }),
  };
}
