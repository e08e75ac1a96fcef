import { DataError } from "@hekla/tensor";
import { packBits, packedLength, unpackBits } from "../replay/packed-bits.js";
import type { Environment, EnvironmentRandom } from "./environment.js";

const format = "hekla-episode";
const version = 1;

/** An episode to look at, as plain values: what JSON keeps of it. */
export interface EpisodeRecording {
  readonly format: typeof format;
  readonly version: typeof version;
  /** Name of the environment. */
  readonly environment: string;
  readonly framesPerSecond: number;
  readonly actionNames: readonly string[];
  readonly observationShape: readonly number[];
  /** Whether frames are bits. */
  readonly binary: boolean;
  /** Numbers of the actions, one a step. */
  readonly actions: readonly number[];
  readonly rewards: readonly number[];
  /** Sum of the rewards. */
  readonly return: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  /**
   * Observations, one more than actions: numbers of six digits with blanks between them, or bits in base64,
   * the first in the highest bit of the first byte.
   */
  readonly frames: readonly string[];
}

function frameText(observation: Float32Array, binary: boolean): string {
  if (!binary) return Array.from(observation, (value) => String(Number(value.toPrecision(6)))).join(" ");
  const bytes = new Uint8Array(packedLength(observation.length));
  packBits(observation, 0, observation.length, bytes, 0);
  return btoa(String.fromCharCode(...bytes));
}

/** What an episode is recorded with. */
export interface RecordEpisodeOptions {
  readonly environment: Environment;
  readonly random: EnvironmentRandom;
  /** Chooses an action for an observation. */
  readonly act: (observation: Float32Array) => number | Promise<number>;
  /** Ends the recording after so many steps, if the episode goes on. Default 2 000. */
  readonly mostSteps?: number;
}

/** Plays an episode from its start and records it. */
export async function recordEpisode(options: RecordEpisodeOptions): Promise<EpisodeRecording> {
  const { environment, random, act, mostSteps = 2000 } = options;
  const { observationShape, binary, framesPerSecond, actionNames } = environment;
  const observation = new Float32Array(observationShape.reduce((product, size) => product * size, 1));
  environment.reset(random, observation);
  const frames = [frameText(observation, binary)];
  const actions: number[] = [];
  const rewards: number[] = [];
  let end = { terminated: false, truncated: false };
  while (!(end.terminated || end.truncated) && actions.length < mostSteps) {
    const action = await act(observation);
    const { reward, terminated, truncated } = environment.step(action, observation);
    end = { terminated, truncated };
    actions.push(action);
    rewards.push(reward);
    frames.push(frameText(observation, binary));
  }
  return {
    format,
    version,
    environment: environment.id,
    framesPerSecond,
    actionNames,
    observationShape,
    binary,
    actions,
    rewards,
    return: rewards.reduce((sum, reward) => sum + reward, 0),
    ...end,
    frames,
  };
}

/**
 * The observation of a frame.
 * @throws DataError if there is no such frame, or its text is of another length
 */
export function episodeFrame(recording: EpisodeRecording, frame: number): Float32Array {
  const { frames, observationShape, binary } = recording;
  const text = frames[frame];
  if (text === undefined) {
    throw new DataError(`episode: no such frame, got ${frame}, expected 0 to ${frames.length - 1}`);
  }
  const size = observationShape.reduce((product, length) => product * length, 1);
  const wrong = () =>
    new DataError(`episode: frame ${frame} is damaged, got ${JSON.stringify(text)}, expected ${size} values`);
  const observation = new Float32Array(size);
  if (binary) {
    let bytes: Uint8Array;
    try {
      bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    } catch {
      throw wrong();
    }
    if (bytes.length !== packedLength(size)) throw wrong();
    unpackBits(bytes, 0, size, observation, 0);
    return observation;
  }
  const values = text.split(" ").map(Number);
  if (values.length !== size || !values.every(Number.isFinite)) throw wrong();
  observation.set(values);
  return observation;
}

const isList = (value: unknown, kind: "number" | "string"): boolean =>
  Array.isArray(value) && value.every((entry) => typeof entry === kind);

/**
 * Reads a recording from JSON.
 * @param where begins error messages: the file's name
 * @throws DataError if it is no recording, of another version, or its lists do not fit each other
 */
export function readEpisode(json: string, where = "episode"): EpisodeRecording {
  let value: Partial<EpisodeRecording>;
  try {
    value = JSON.parse(json) ?? {};
  } catch {
    throw new DataError(`${where}: not a recording, got no JSON`);
  }
  if (value.format !== format || value.version !== version) {
    throw new DataError(
      `${where}: not a recording, got format ${value.format} version ${value.version}, ` +
        `expected ${format} version ${version}`,
    );
  }
  const { actions, rewards, frames, actionNames, observationShape } = value;
  const lists = { actions, rewards, frames, actionNames, observationShape };
  for (const [name, list] of Object.entries(lists)) {
    const kind = name === "frames" || name === "actionNames" ? "string" : "number";
    if (!isList(list, kind)) throw new DataError(`${where}: ${name} are wrong, expected a list of ${kind}s`);
  }
  const recording = value as EpisodeRecording;
  const steps = recording.actions.length;
  if (recording.rewards.length !== steps || recording.frames.length !== steps + 1) {
    throw new DataError(
      `${where}: the lists do not fit, got ${recording.rewards.length} rewards ` +
        `and ${recording.frames.length} frames, ` +
        `expected ${steps} and ${steps + 1} for ${steps} actions`,
    );
  }
  if (!(recording.framesPerSecond > 0)) {
    throw new DataError(`${where}: framesPerSecond is wrong, got ${recording.framesPerSecond}`);
  }
  for (let frame = 0; frame <= steps; frame++) episodeFrame(recording, frame);
  return recording;
}
