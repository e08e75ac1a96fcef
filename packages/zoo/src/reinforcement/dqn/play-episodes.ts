import type { Model } from "@hekla/layers";
import { argMax, compile, HostRandom, type Tensor } from "@hekla/tensor";
import type { Environment, FloatArray } from "../environments/index.js";

/** Chooses an action for each of several observations `[count, ...observation]`. */
export type Policy = (observations: FloatArray) => ArrayLike<number> | Promise<ArrayLike<number>>;

/** The policy that takes the action of the highest value, and what gives its memory back. */
export function greedyPolicy(network: Model): Policy & { dispose(): void } {
  const act = compile((observations: Tensor) => argMax(network.applyAll(observations)[0], { axis: -1 }));
  const policy: Policy = (observations) => act(observations).data();
  return Object.assign(policy, { dispose: () => act.dispose() });
}

/** What episodes came to; entry `i` is of episode `i`. */
export interface EpisodeResults {
  readonly returns: readonly number[];
  readonly lengths: readonly number[];
  /** Whether an episode's time was up. */
  readonly truncated: readonly boolean[];
}

/** What episodes are played with. */
export interface PlayEpisodesOptions {
  readonly make: () => Environment;
  readonly episodes: number;
  readonly seed: number;
  /** Name of the random stream: episodes of two names have nothing in common. */
  readonly stream: string;
  /** Without one all actions are drawn at random. */
  readonly policy?: Policy;
  /** Probability that an action is drawn at random instead. Default 0. */
  readonly epsilon?: number;
}

/**
 * Plays so many episodes side by side, each from its start to its end. Episode `i` draws from stream `i` of
 * the seed: what it meets does not depend on how many others there are.
 */
export async function playEpisodes(options: PlayEpisodesOptions): Promise<EpisodeResults> {
  const { make, episodes, seed, stream, policy, epsilon = 0 } = options;
  const environments = Array.from({ length: episodes }, make);
  const { observationShape = [], actions = 0 } = environments[0] ?? {};
  const size = observationShape.reduce((product, length) => product * length, 1);
  const randoms = environments.map((_, index) => new HostRandom(seed, stream, index));
  const explorers = environments.map((_, index) => new HostRandom(seed, `${stream} exploration`, index));
  const observations = environments.map((environment, index) => {
    const observation = new Float32Array(size);
    environment.reset(randoms[index]!, observation);
    return observation;
  });
  const returns = new Array<number>(episodes).fill(0);
  const lengths = new Array<number>(episodes).fill(0);
  const truncated = new Array<boolean>(episodes).fill(false);
  let running = Array.from({ length: episodes }, (_, index) => index);
  while (running.length > 0) {
    // Sizes of batches are powers of two: a plan each, and never more than twice the rows that are needed.
    const rows = 2 ** Math.ceil(Math.log2(running.length));
    const batch = { data: new Float32Array(rows * size), shape: [rows, ...observationShape] };
    running.forEach((index, row) => {
      batch.data.set(observations[index]!, row * size);
    });
    const chosen = await policy?.(batch);
    running = running.filter((index, row) => {
      const explorer = explorers[index]!;
      const action =
        chosen && !(epsilon > 0 && explorer.uniform() < epsilon) ? chosen[row]! : explorer.integer(actions);
      const outcome = environments[index]!.step(action, observations[index]!);
      returns[index] = returns[index]! + outcome.reward;
      lengths[index] = lengths[index]! + 1;
      truncated[index] = outcome.truncated && !outcome.terminated;
      return !(outcome.terminated || outcome.truncated);
    });
  }
  return { returns, lengths, truncated };
}

/** Mean of numbers, NaN of none. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation of numbers about their mean, divided by their number. */
export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}
