import type { Model } from "@hekla/layers";
import { DataError } from "@hekla/tensor";
import type { VectorEnvironmentState } from "../environments/index.js";

/** The best weights so far. */
export interface BestWeights {
  /** Mean return of the validation. */
  readonly figure: number;
  readonly weights: readonly Float32Array[];
}

/** Counters of a training. */
export interface AgentCounts {
  /** Steps of environments, all together. */
  frames: number;
  /** Frames that trainings and copies of the target network are still owed. */
  untrained: number;
  uncopied: number;
  /** Losses of the epoch so far. */
  losses: number;
  lossSum: number;
}

/** What a training depends on besides the network and its optimizer, as plain values for a model's file. */
export interface AgentProgress {
  /** The epoch that is next or in progress, and its steps so far. */
  readonly epoch: number;
  readonly step: number;
  readonly counts: AgentCounts;
  /** Returns of the last episodes. */
  readonly returns: readonly number[];
  /** Random numbers that exploration has drawn. */
  readonly explored: number;
  readonly environments: VectorEnvironmentState;
  /** Bytes in base64. */
  readonly replay: string;
  readonly target: readonly string[];
  readonly best?: { readonly figure: number; readonly weights: readonly string[] };
}

/** Host copies of all weights. */
export const weightsOf = ({ weights }: Model): Promise<Float32Array[]> =>
  Promise.all(weights.map(async (weight) => Float32Array.from(await weight.data())));

/** Gives a network these weights. */
export function setWeights({ weights }: Model, values: readonly Float32Array[]): void {
  weights.forEach((weight, at) => {
    weight.write(values[at]!);
  });
}

/** Bytes as text of JSON. */
export function base64Of({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const parts: string[] = [];
  // So many characters at a time as a call may have arguments.
  for (let at = 0; at < bytes.length; at += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return btoa(parts.join(""));
}

/**
 * The bytes of `base64Of`.
 * @throws DataError if the text is damaged
 */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new DataError(
      `dqn: the training's state is damaged, got ${text.length} characters, expected base64`,
    );
  }
}

/** Numbers of `base64Of`. */
export const floatsOf = (text: string): Float32Array => new Float32Array(bytesOf(text).buffer);
