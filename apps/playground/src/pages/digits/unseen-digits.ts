import { syntheticDigits } from "@hekla/datasets";
import type { Model } from "@hekla/layers";
import type { ModelId, UnseenReport } from "./messages.js";
import { models } from "./open-networks.js";

const count = 30;
/** Drawn digits are numbered; trainings take at most the first 60 000. */
const { x, y } = syntheticDigits(1, count, { first: 60_000 });
const truths = Array.from({ length: count }, (_, at) => y.data.subarray(at * 10, at * 10 + 10).indexOf(1));

/** Some digits that no training sees, as the network reads them. */
export async function readUnseen(id: ModelId, network: Model): Promise<UnseenReport> {
  const pictures = Float32Array.from(x.data);
  const { data } = await models[id].predict.read(network, { data: pictures, shape: [count, 28, 28] });
  return { pictures, truths, probabilities: Float32Array.from(data) };
}
