import { hasAny, type Stateful } from "../files/state-file.js";
import { writeHdf5 } from "../formats/hdf5-writer.js";
import { writeZip } from "../formats/zip.js";
import type { CompileOptions } from "../training/training.js";
import { configText } from "./json.js";
import { type OwnRecord, seedsIn, statesOf } from "./own-state.js";
import { savedTraining } from "./saved-training.js";
import { kerasTraining, trainingText } from "./training-config.js";
import { weightsTree } from "./weights-file.js";
import { kerasLayer } from "./write-config.js";

/** The version of Keras whose files these are. */
const kerasVersion = "3.15.1";

/** The model as a `.keras` file. The same model gives the same bytes, so there is no date in it. */
export async function kerasFile(model: Stateful, options: CompileOptions | undefined): Promise<Uint8Array> {
  const training = options && savedTraining(options);
  const own: OwnRecord = {
    seeds: seedsIn(model.getConfig()),
    ...(training ? { training, states: await statesOf(model) } : {}),
    ...(hasAny(model.attachments) ? { attachments: model.attachments } : {}),
  };
  const compiled = trainingText((training && kerasTraining(training)) ?? null);
  const config = `${configText(kerasLayer(model)).slice(0, -1)},"compile_config":${compiled}}`;
  const metadata = JSON.stringify({ keras_version: kerasVersion, hekla: own });
  const text = (json: string): Uint8Array => new TextEncoder().encode(json);
  return writeZip(
    new Map([
      ["metadata.json", text(metadata)],
      ["config.json", text(config)],
      ["model.weights.h5", writeHdf5(await weightsTree(model, options?.optimizer))],
    ]),
  );
}
