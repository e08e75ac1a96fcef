import { DataError, type HostArray } from "@hekla/tensor";
import type {
  Artifact,
  EvaluateContext,
  EvaluateOutcome,
  InputFile,
  PredictContext,
  Prediction,
} from "../model.js";
import { lineChart, pictureGrid } from "../plots/index.js";
import type { CaeConfig, CaeOptions } from "./cae.js";
import { halvesOf } from "./cae-parts.js";
import { loadTestScenes } from "./color-autoencoder.js";
import { latentSize, pictureSize, pixels } from "./color-network.js";
import { jpegCurve, jpegPsnr } from "./jpeg-curve.js";
import { decodeLatents, encodeLatents, type LatentCode } from "./latent-coding.js";
import { peakSignalToNoise } from "./picture-errors.js";
import { readPictureFile } from "./picture-file.js";
import { takePictures } from "./picture-rows.js";

const shown = 6;

/**
 * Compresses every test picture to bytes, decodes the bytes, and compares: mean peak signal-to-noise ratio at the mean
 * number of coded bits a pixel, beside JPEG's at as many.
 */
export async function evaluateColors({
  model,
  data,
  config,
}: EvaluateContext<CaeConfig>): Promise<EvaluateOutcome> {
  const { pictures, source } = await loadTestScenes(data);
  const samples = pictures.shape[0]!;
  const started = performance.now();
  const { coded, drawn, latents } = await throughBytes(model, pictures);
  const seconds = (performance.now() - started) / 1000;
  const psnr = mean(coded.map((_, at) => psnrOf(pictures, drawn, at)));
  const bitsPerPixel = mean(coded.map(bitsOf));
  const jpeg = jpegPsnr(bitsPerPixel);
  const jpegFile = jpegPsnr(bitsPerPixel, "file");
  const uncoded = (config.latentChannels * latentSize ** 2 * config.bits) / pixels;
  const db = (value: number | undefined) =>
    value === undefined ? "none so small" : `${value.toFixed(2)} dB`;
  return {
    source,
    samples,
    metrics: {
      psnr,
      bitsPerPixel,
      ...(jpeg !== undefined && { jpegPsnr: jpeg, aboveJpeg: psnr - jpeg }),
      ...(jpegFile !== undefined && { jpegFilePsnr: jpegFile }),
      uncodedBitsPerPixel: uncoded,
    },
    seconds,
    text:
      `${psnr.toFixed(2)} dB at ${bitsPerPixel.toFixed(3)} bits a pixel, arithmetic-coded and decoded again ` +
      `(${uncoded.toFixed(3)} as plain numbers of ${config.bits} bits)\n` +
      `JPEG at as many: ${db(jpeg)} without its headers, ${db(jpegFile)} as a file`,
    artifacts: [
      await reconstructions(
        takePictures(pictures, 0, shown),
        takePictures(drawn, 0, shown),
        coded.slice(0, shown),
      ),
      await latentMaps(takePictures(latents, 0, shown)),
      rateDistortion(bitsPerPixel, psnr),
    ],
  };
}

/** A test scene, or the picture of a file, as bytes and back. */
export async function compressColors({
  model,
  data,
  options: { index },
  input,
}: PredictContext<CaeConfig, CaeOptions>): Promise<Prediction> {
  const picture = input ? await pictureOfFile(input) : await testScene(data, index);
  const { coded, drawn, latents } = await throughBytes(model, picture);
  const [bytes] = coded as [Uint8Array];
  const name = input ? input.name : `test scene ${index}`;
  const psnr = psnrOf(picture, drawn, 0);
  const jpeg = jpegPsnr(bitsOf(bytes));
  return {
    text:
      `${name}: ${bytes.length} bytes, ${bitsOf(bytes).toFixed(3)} bits a pixel, ${psnr.toFixed(2)} dB` +
      (jpeg === undefined ? "" : ` (JPEG at as many, mean of the test scenes: ${jpeg.toFixed(2)} dB)`),
    json: { name, bytes: bytes.length, bitsPerPixel: bitsOf(bytes), psnr },
    artifacts: [
      await reconstructions(picture, drawn, coded),
      await latentMaps(latents),
      { name: "code.bin", doc: "the latent picture, arithmetic-coded", content: bytes },
    ],
  };
}

/** Pictures to bytes, and what the decoder draws from those bytes, in levels of 1/255. */
async function throughBytes(model: EvaluateContext["model"], pictures: HostArray) {
  const code = model.attachments["code"] as LatentCode | undefined; // cast: written by `trainColors`
  if (!code) {
    throw new DataError("cae: the network's file has no code for latents, got none, expected one of `train`");
  }
  const { encoder, decoder } = halvesOf(model);
  const latents = await encoder.predict(pictures, { batchSize: 10 });
  const coded = Array.from({ length: pictures.shape[0]! }, (_, at) => encodeLatents(latents, at, code));
  const decoded = new Float32Array(latents.data.length);
  coded.forEach((bytes, at) => {
    const { data } = decodeLatents(bytes, latents.shape.slice(2), code);
    decoded.set(data, at * data.length);
  });
  const drawn = await decoder.predict({ data: decoded, shape: latents.shape }, { batchSize: 10 });
  const level = (value: number) => Math.round(Math.min(Math.max(value, 0), 1) * 255) / 255;
  return { coded, latents, drawn: { data: Float32Array.from(drawn.data, level), shape: drawn.shape } };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const bitsOf = (bytes: Uint8Array): number => (bytes.length * 8) / pixels;
const psnrOf = (pictures: HostArray, drawn: HostArray, at: number): number =>
  peakSignalToNoise(takePictures(pictures, at, 1), takePictures(drawn, at, 1));

async function testScene(data: EvaluateContext["data"], index: number): Promise<HostArray> {
  const { pictures } = await loadTestScenes(data);
  const count = pictures.shape[0]!;
  if (index < count) return takePictures(pictures, index, 1);
  throw new DataError(`cae: there is no test scene ${index}, expected 0 to ${count - 1}`);
}

/** The picture of a file, `[1, 3, 100, 100]`. */
async function pictureOfFile(input: InputFile): Promise<HostArray> {
  const { data, width, height, channels } = await readPictureFile(input);
  if (width !== pictureSize || height !== pictureSize || channels !== 3) {
    throw new DataError(
      `${input.name}: the picture does not fit, got ${width} x ${height} of ${channels} ` +
        `${channels === 1 ? "channel" : "channels"}, expected ${pictureSize} x ${pictureSize} in colour`,
    );
  }
  const planes = Float32Array.from(
    { length: 3 * pixels },
    (_, at) => data[3 * (at % pixels) + Math.floor(at / pixels)]! / 255,
  );
  return { data: planes, shape: [1, 3, pictureSize, pictureSize] };
}

/** Channels last, as pictures are drawn. */
function upright({ data, shape }: HostArray): Float32Array {
  const length = 3 * pixels;
  return Float32Array.from({ length: shape[0]! * length }, (_, at) => {
    const [picture, inside] = [Math.floor(at / length), at % length];
    return data[picture * length + (inside % 3) * pixels + Math.floor(inside / 3)]!;
  });
}

async function reconstructions(
  pictures: HostArray,
  drawn: HostArray,
  coded: readonly Uint8Array[],
): Promise<Artifact> {
  const count = pictures.shape[0]!;
  const data = new Float32Array(2 * pictures.data.length);
  data.set(upright(pictures));
  data.set(upright(drawn), pictures.data.length);
  const captions = coded.map(
    (bytes, at) => `${psnrOf(pictures, drawn, at).toFixed(1)} dB, ${bytes.length} bytes`,
  );
  return {
    name: "reconstructions.svg",
    doc: "pictures, and what is drawn from their bytes",
    content: await pictureGrid({
      title: "Colour pictures and what is drawn from their bytes",
      pictures: { data, shape: [2 * count, pictureSize, pictureSize, 3] },
      columns: count,
      rowLabels: ["original", "reconstruction"],
      captions: [...coded.map(() => "30 000 bytes"), ...captions],
      scale: 1.4,
    }),
  };
}

/** Channels as grey pictures: zero is grey, the largest number of either sign white or black. */
async function latentMaps({ data, shape }: HostArray): Promise<Artifact> {
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  const area = height * width;
  const grey = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    const places = Array.from({ length: count * area }, (_, at) => {
      const [picture, inside] = [Math.floor(at / area), at % area];
      return (picture * channels + channel) * area + inside;
    });
    const largest = places.reduce((most, at) => Math.max(most, Math.abs(data[at]!)), 1);
    for (const at of places) grey[at] = 0.5 + data[at]! / largest / 2;
  }
  return {
    name: "latent-maps.svg",
    doc: "the channels of the latent pictures, a row for each picture",
    content: await pictureGrid({
      title: `Latent pictures: ${channels} channels of ${height}x${width}`,
      pictures: { data: grey, shape: [count * channels, height, width] },
      columns: channels,
      rowLabels: Array.from({ length: count }, (_, at) => `picture ${at + 1}`),
      columnLabels: Array.from({ length: channels }, (_, at) => `${at + 1}`),
      scale: 3,
    }),
  };
}

function rateDistortion(bitsPerPixel: number, psnr: number): Artifact {
  const near = jpegCurve.filter(({ scan }) => scan < Math.max(1.2, 2 * bitsPerPixel));
  const y = near.map((point) => point.psnr);
  return {
    name: "rate-distortion.svg",
    doc: "peak signal-to-noise ratio against bits a pixel, beside JPEG's",
    content: lineChart({
      title: "Compression of colour pictures",
      xLabel: "bits a pixel",
      yLabel: "peak signal-to-noise ratio (dB)",
      series: [
        { name: "JPEG without headers", x: near.map(({ scan }) => scan), y },
        { name: "JPEG file", x: near.map(({ file }) => file), y, dashed: true },
        { name: "autoencoder", x: [bitsPerPixel], y: [psnr], marker: "circle" },
      ],
    }),
  };
}
