import { ShapeError } from "@hekla/tensor";
import type { Config, Layer } from "../layer.js";
import { failIn, isObject, type Json, listIn, objectOf } from "./json.js";
import type { SavedTraining } from "./saved-training.js";
import type { Assignments } from "./weights-file.js";

/** What Keras has no place for, in metadata.json under the key "hekla"; Keras passes over it. */
export interface OwnRecord {
  /** Seeds of models, by their names within each other joined by "/". */
  readonly seeds: Readonly<Record<string, number>>;
  /** How the model was compiled, in this package's words. */
  readonly training?: SavedTraining;
  /** Counters of random streams and other states, by path. */
  readonly states?: Readonly<Record<string, readonly number[]>>;
  /** What the user attached to the model. */
  readonly attachments?: Readonly<Record<string, unknown>>;
}

/** The seeds of a model and of the models in it, from its config. */
export function seedsIn(config: Config, within: readonly string[] = []): Record<string, number> {
  const names = [...within, String(config.name ?? "")];
  const seeds: Record<string, number> = {};
  if (typeof config.seed === "number" && Array.isArray(config.layers)) seeds[names.join("/")] = config.seed;
  const nested = [...(Array.isArray(config.layers) ? (config.layers as unknown[]) : []), config.layer];
  for (const layer of nested) {
    if (isObject(layer) && isObject(layer.config)) Object.assign(seeds, seedsIn(layer.config, names));
  }
  return seeds;
}

/** The states of a model with their values. */
export async function statesOf(model: Layer): Promise<Record<string, readonly number[]>> {
  const states: Record<string, readonly number[]> = {};
  for (const [path, state] of model.namedStates()) states[path] = Array.from(await state.data());
  return states;
}

/** What a file says of the model's states; those it does not name stay as they are. */
export function ownState(own: Json, model: Layer, source: string): Assignments {
  const fail = failIn(source);
  if (own.states === undefined) return [];
  const states = objectOf(own.states, "the states", fail);
  return model.namedStates().flatMap(([path, state]) => {
    if (!Object.hasOwn(states, path)) return [];
    const data = listIn(states[path], `the state ${path}`, fail);
    if (!data.every((value) => typeof value === "number"))
      fail(`the state ${path} is none`, "values", "numbers");
    if (data.length !== state.size) {
      throw new ShapeError(
        `load: ${source}: state ${path} does not fit, got ${data.length}, expected ${state.size}`,
      );
    }
    return [[state, { data: Float64Array.from(data as number[]), shape: state.shape }] as const];
  });
}
