import type { Model } from "@hekla/layers";
import { DataError, type HostArray, HostRandom } from "@hekla/tensor";
import { loadTestDigits, withSampleShape } from "../digits/digits-data.js";
import type { Artifact, EvaluateContext, EvaluateOutcome, PredictContext, Prediction } from "../model.js";
import { lineChart, pictureGrid } from "../plots/index.js";
import { normalQuantile } from "./normal-quantile.js";
import { binaryCrossentropy } from "./picture-errors.js";
import { joinPictures, takePictures } from "./picture-rows.js";
import type { VaeConfig, VaeOptions } from "./vae.js";

const pixels = 784;
/** Test digits on the map. */
const mapped = 1500;

/**
 * The evidence lower bound of the test digits in nats a digit, with one sample of the latent numbers for each (the same in
 * every run), and its two parts.
 */
export async function evaluateVae({
  model,
  data,
  config: { latent },
}: EvaluateContext<VaeConfig>): Promise<EvaluateOutcome> {
  const { x, labels, source } = await testDigits(data);
  const samples = x.shape[0]!;
  const started = performance.now();
  const { mean, logVariance } = await encode(model, x);
  const random = new HostRandom(1, "posterior", 0);
  const z = Float32Array.from(
    mean.data,
    (value, at) => value + Math.exp(logVariance.data[at]! / 2) * random.normal(),
  );
  const drawn = await decode(model, z, latent);
  const seconds = (performance.now() - started) / 1000;
  const crossentropy = pixels * binaryCrossentropy(x, drawn);
  let kl = 0;
  mean.data.forEach((m, at) => {
    const v = logVariance.data[at]!;
    kl += (Math.exp(v) + m * m - 1 - v) / 2 / samples;
  });
  const [shown, plain] = [takePictures(x, 0, 10), await decode(model, mean.data, latent)];
  const bernoulliFloor = pixels * binaryCrossentropy(x, x);
  return {
    source,
    samples,
    metrics: {
      elbo: -crossentropy - kl,
      crossentropy,
      kl,
      crossentropyFloor: bernoulliFloor,
      meanCodeBinaryCrossentropy: binaryCrossentropy(x, plain),
    },
    seconds,
    text:
      `evidence lower bound ${(-crossentropy - kl).toFixed(2)} nats a digit: ` +
      `cross-entropy ${crossentropy.toFixed(2)} (floor of these grey values ${bernoulliFloor.toFixed(2)}), ` +
      `divergence ${kl.toFixed(2)}`,
    artifacts: [
      ...(latent === 2 ? [await latentGrid(model, 20), latentMap(mean, labels)] : []),
      await priorSamples(model, latent, 10, 1),
      {
        name: "reconstructions.svg",
        doc: "test digits, and what is drawn from the means of their latent numbers",
        content: await pictureGrid({
          title: "Digits and their reconstructions",
          pictures: joinPictures([shown, takePictures(plain, 0, 10)]),
          columns: 10,
          rowLabels: ["original", "reconstruction"],
        }),
      },
    ],
  };
}

/** Draws what the options ask for. */
export async function drawDigits({
  model,
  data,
  config: { latent },
  options: { draw, size, from, to, seed },
}: PredictContext<VaeConfig, VaeOptions>): Promise<Prediction> {
  if (draw === "interpolate") return interpolate(model, data, { latent, from, to, steps: size });
  if (draw === "samples") {
    const text = `${size * size} samples of the prior, seed ${seed}`;
    return { text, json: { draw, size, seed }, artifacts: [await priorSamples(model, latent, size, seed)] };
  }
  if (latent !== 2) {
    throw new DataError(
      `vae: a grid needs a plane, got ${latent} latent numbers, expected 2; try --draw samples`,
    );
  }
  const text = `${size * size} digits over the latent plane`;
  return { text, json: { draw, size }, artifacts: [await latentGrid(model, size)] };
}

async function testDigits(data: EvaluateContext["data"]) {
  const { test, source } = await loadTestDigits(data);
  const classes = test.y.shape[1]!;
  const labels = Array.from({ length: test.y.shape[0]! }, (_, at) =>
    test.y.data.slice(at * classes, (at + 1) * classes).indexOf(1),
  );
  return { x: withSampleShape(test.x, [1, 28, 28]), labels, source };
}

const partOf = (network: Model, name: string) => network.layers.find((layer) => layer.name === name) as Model; // cast: built so

async function encode(network: Model, x: HostArray) {
  const [mean, logVariance] = await partOf(network, "encoder").predictAll(x, { batchSize: 500 });
  return { mean, logVariance: logVariance! };
}

/** Digits `[n, 1, 28, 28]` of latent numbers, `latent` for each. */
function decode(network: Model, z: HostArray["data"], latent: number): Promise<HostArray> {
  const codes = { data: z, shape: [z.length / latent, latent] };
  return partOf(network, "decoder").predict(codes, { batchSize: 500 });
}

/** Digits over the plane, at equal steps of probability of the prior. Source: Kingma and Welling 2014, figure 4. */
async function latentGrid(model: Model, size: number): Promise<Artifact> {
  const places = Array.from({ length: size }, (_, at) => normalQuantile((at + 0.5) / size));
  const z = Float32Array.from(
    places.flatMap((_, row) => places.flatMap((first) => [first, places[size - 1 - row]!])),
  );
  return {
    name: "latent-grid.svg",
    doc: "digits over the latent plane, at equal steps of the prior's probability",
    content: await pictureGrid({
      title: "Digits over the latent plane",
      pictures: joinPictures([await decode(model, z, 2)]),
      columns: size,
      scale: 1,
    }),
  };
}

async function priorSamples(model: Model, latent: number, size: number, seed: number): Promise<Artifact> {
  const random = new HostRandom(seed, "prior", 0);
  const z = Float32Array.from({ length: size * size * latent }, () => random.normal());
  return {
    name: "samples.svg",
    doc: "digits drawn from samples of the prior",
    content: await pictureGrid({
      title: "Digits drawn from the prior",
      pictures: joinPictures([await decode(model, z, latent)]),
      columns: size,
      scale: 1,
    }),
  };
}

/** Where the first test digits lie, by class. */
function latentMap({ data }: HostArray, labels: readonly number[]): Artifact {
  const classes = Array.from({ length: 10 }, (_, digit) =>
    labels.slice(0, mapped).flatMap((label, at) => (label === digit ? [at] : [])),
  );
  return {
    name: "latent-map.svg",
    doc: "where test digits lie on the latent plane",
    content: lineChart({
      title: `The first ${mapped} test digits on the latent plane`,
      xLabel: "first latent number",
      yLabel: "second",
      height: 620,
      series: classes.map((own, digit) => ({
        name: `${digit}`,
        x: own.map((at) => data[2 * at]!),
        y: own.map((at) => data[2 * at + 1]!),
        marker: digit < 6 ? ("circle" as const) : ("cross" as const),
      })),
    }),
  };
}

async function interpolate(
  model: Model,
  data: EvaluateContext["data"],
  ends: { readonly latent: number; readonly from: number; readonly to: number; readonly steps: number },
): Promise<Prediction> {
  const { latent, from, to, steps } = ends;
  const { x } = await testDigits(data);
  const count = x.shape[0]!;
  if (Math.max(from, to) >= count) {
    throw new DataError(`vae: there is no test digit ${Math.max(from, to)}, expected 0 to ${count - 1}`);
  }
  const pair = {
    data: joinPictures([takePictures(x, from, 1), takePictures(x, to, 1)]).data,
    shape: [2, 1, 28, 28],
  };
  const { mean } = await encode(model, pair);
  const z = Float32Array.from({ length: steps * latent }, (_, at) => {
    const [share, which] = [Math.floor(at / latent) / (steps - 1), at % latent];
    return (1 - share) * mean.data[which]! + share * mean.data[latent + which]!;
  });
  const drawn = await decode(model, z, latent);
  return {
    text: `from test digit ${from} to test digit ${to} in ${steps} steps`,
    json: { draw: "interpolate", from, to, steps, codes: Array.from(mean.data) },
    artifacts: [
      {
        name: "interpolation.svg",
        doc: "a test digit, the way along a straight line of latent numbers, and another test digit",
        content: await pictureGrid({
          title: `From test digit ${from} to test digit ${to}`,
          pictures: joinPictures([takePictures(x, from, 1), drawn, takePictures(x, to, 1)]),
          columns: steps + 2,
          columnLabels: ["digit", ...Array.from({ length: steps }, () => ""), "digit"],
        }),
      },
    ],
  };
}
