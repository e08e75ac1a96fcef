import { syntheticDigits } from "@hekla/datasets";
import type { Model } from "@hekla/layers";
import type { ModelId, TestReport, UnseenReport } from "./messages.js";
import { models } from "./open-networks.js";

const pixels = 28 * 28;
const shown = 30;
const most = 2000;
/** Digits that are read at once. */
const part = 250;
/** A slow device scores fewer digits. */
const mostMilliseconds = 4000;

/** Drawn digits are numbered; trainings take at most the first 60 000. */
const { x, y } = syntheticDigits(1, most, { first: 60_000 });
const truths = Array.from({ length: most }, (_, at) => y.data.subarray(at * 10, at * 10 + 10).indexOf(1));

/** Some digits that no training sees, as the network reads them. */
export async function readUnseen(id: ModelId, network: Model): Promise<UnseenReport> {
  const probabilities = Float32Array.from(await read(id, network, 0, shown));
  const pictures = Float32Array.from(x.data.subarray(0, shown * pixels));
  return { pictures, truths: truths.slice(0, shown), probabilities };
}

/** Accuracy and cross-entropy on digits that no training sees: 2 000, or as many as fit into a few seconds. */
export async function scoreUnseen(id: ModelId, network: Model): Promise<TestReport> {
  const began = performance.now();
  let [right, loss, samples] = [0, 0, 0];
  while (samples < most && performance.now() - began < mostMilliseconds) {
    const probabilities = await read(id, network, samples, part);
    for (let at = 0; at < part; at++) {
      const shares = probabilities.subarray(at * 10, at * 10 + 10);
      const share = shares[truths[samples + at]!]!;
      if (share === Math.max(...shares)) right++;
      loss -= Math.log(Math.max(share, 1e-7)); // as Keras clips them
    }
    samples += part;
  }
  return { accuracy: right / samples, loss: loss / samples, samples };
}

async function read(id: ModelId, network: Model, first: number, count: number): Promise<Float32Array> {
  const data = Float32Array.from(x.data.subarray(first * pixels, (first + count) * pixels));
  const found = await models[id].predict.read(network, { data, shape: [count, 28, 28] });
  return Float32Array.from(found.data);
}
