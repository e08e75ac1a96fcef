import type { Optimizer, Variable } from "@hekla/tensor";
import { memberAt, textAttribute, textsAttribute } from "../formats/hdf5-lookup.js";
import type { Hdf5Group } from "../formats/hdf5-reader.js";
import type { Layer } from "../layer.js";
import { failIn, type Json, parseObject } from "./json.js";
import { type Assignments, fitting, isVariable, keptVariables } from "./weights-file.js";

/** Whether an HDF5 file is of the form that Keras 2 wrote, a whole model or its weights. */
export const isLegacy = (root: Hdf5Group): boolean =>
  root.attributes.has("model_config") ||
  root.attributes.has("layer_names") ||
  root.attributes.has("layer_names0");

/** Whether it was written by Keras 1 or 2. */
export const isOfKeras2 = (root: Hdf5Group): boolean =>
  !textAttribute(root, "keras_version")?.startsWith("3");

/** The texts of JSON in a legacy file's attributes, undefined where there are none. */
export function legacyConfig(
  root: Hdf5Group,
  name: "model_config" | "training_config",
  source: string,
): Json | undefined {
  const text = textAttribute(root, name);
  return text === undefined ? undefined : parseObject(text, name, failIn(source));
}

/** Weights in the order of legacy files: those to be trained, then the others. */
const legacyOrder = (layer: Layer): readonly Variable[] => [
  ...layer.trainableWeights,
  ...layer.nonTrainableWeights,
];

/**
 * What a legacy file says of a model's weights: layers that have any are taken by name, or in order where names differ.
 * @throws DataError for another number of layers or weights, ShapeError for a shape that differs
 */
export function readLegacyWeights(
  root: Hdf5Group,
  model: Layer & { readonly layers: readonly Layer[] },
  optimizer: Optimizer | undefined,
  source: string,
): Assignments {
  const fail = failIn(source);
  const whole = root.members.get("model_weights");
  const group = whole?.kind === "group" ? whole : root;
  const saved = new Map<string, readonly string[]>();
  for (const name of textsAttribute(group, "layer_names") ??
    fail("there are no weights", "no layer_names", "some")) {
    const member = group.members.get(name);
    if (member?.kind !== "group") return fail("a layer's weights are missing", `no group ${name}`, "one");
    const names = textsAttribute(member, "weight_names") ?? [];
    if (names.length > 0) saved.set(name, names);
  }
  const layers = model.layers.filter(({ weights }) => weights.length > 0);
  const savedNames = [...saved.keys()];
  if (layers.length !== saved.size) {
    fail("another number of layers has weights", `${saved.size} (${savedNames.join(", ")})`, layers.length);
  }
  const byName = layers.every(({ name }) => saved.has(name));
  const assignments = layers.flatMap((layer, at) => {
    const name = byName ? layer.name : savedNames[at]!;
    return values(group, name, saved.get(name)!, legacyOrder(layer), source);
  });
  const state = root.members.get("optimizer_weights");
  if (!optimizer || state?.kind !== "group") return assignments;
  optimizer.build(model.trainableWeights);
  const names = textsAttribute(state, "weight_names") ?? [];
  const variables = keptVariables(optimizer);
  // Optimizers of Keras 2 keep other variables: training goes on from fresh ones, as in Keras 3.
  const ofKeras3 = names.length === variables.length && names[0]?.endsWith("/iteration");
  return ofKeras3
    ? [...assignments, ...values(root, "optimizer_weights", names, variables, source)]
    : assignments;
}

function values(
  group: Hdf5Group,
  name: string,
  names: readonly string[],
  variables: ReturnType<typeof keptVariables>,
  source: string,
): Assignments {
  const fail = failIn(source);
  if (names.length !== variables.length) {
    fail(`another number of weights is in ${name}`, names.length, variables.length);
  }
  return variables.flatMap((variable, at) => {
    const member = group.members.get(name) as Hdf5Group;
    const found = memberAt(member, names[at]!);
    if (found?.kind !== "dataset") return fail("a weight is missing", `no ${name}/${names[at]}`, "one");
    return isVariable(variable) ? [[variable, fitting(found, variable, source)] as const] : [];
  });
}
