import { functional, loadModel, Model, Sequential } from "@hekla/layers";
import { DataError, type HostArray } from "@hekla/tensor";
import { resolveConfig } from "../config.js";
import type { DataSource } from "../data-source.js";
import { loadTestDigits, withSampleShape } from "../digits/digits-data.js";
import { mnistCnn } from "../digits/mnist-cnn.js";
import { keptConfig } from "../train-network.js";

/** What the scorer sees in pictures. */
export interface ScoredPictures {
  /** Penultimate features `[pictures, 500]`. */
  readonly features: HostArray;
  /** The class of each picture, 0 to 9. */
  readonly classes: Uint8Array;
}

export interface ScorerOptions {
  /** File of a trained mnist-cnn; "" trains one. */
  readonly file: string;
  /** Passes over the training digits where one is trained. */
  readonly epochs: number;
  /** Training digits it sees, from the start; 0 uses all. */
  readonly limit: number;
}

/** The zoo's own mnist-cnn as a judge of pictures: its 500 penultimate features, and the class it reads. */
export class DigitScorer {
  readonly #model: Model;

  private constructor(
    private readonly network: Sequential,
    /** Where it comes from, in words. */
    readonly origin: string,
  ) {
    const base = functional(network);
    this.#model = new Model(base.inputs, [...base.getLayer("activation_3").outputs, ...base.outputs]);
  }

  /**
   * Opens the file, or trains a network on the data at hand: always from seed 1, without moved or turned digits, so that
   * every generator is judged by the same one.
   * @throws DataError for a file that holds another network
   */
  static async make(data: DataSource, { file, epochs, limit }: ScorerOptions): Promise<DigitScorer> {
    if (file !== "") return new DigitScorer(await openScorer(file), `mnist-cnn of ${file}`);
    const still = { augmentShift: 0, augmentRotation: 0, augmentScale: 0 };
    const config = resolveConfig(mnistCnn.config, { ...still, epochs, limit, seed: 1 });
    const { model } = await mnistCnn.train({ config, data });
    const passes = epochs === 1 ? "1 epoch" : `${epochs} epochs`;
    return new DigitScorer(model as Sequential, `mnist-cnn trained for ${passes}`); // cast: `build` makes one
  }

  /** Features and classes of pictures of 28 x 28 values from 0 to 1, whatever their shape. */
  async score(pictures: HostArray): Promise<ScoredPictures> {
    const shaped = withSampleShape(pictures, [1, 28, 28]);
    const [features, probabilities] = await this.#model.predictAll(shaped, { batchSize: 500 });
    const count = shaped.shape[0]!;
    return {
      features,
      classes: Uint8Array.from({ length: count }, (_, at) => likeliest(probabilities!, at)),
    };
  }

  /** The part of the test digits that it reads right. */
  async accuracy(data: DataSource): Promise<number> {
    const { test } = await loadTestDigits(data);
    const { classes } = await this.score(test.x);
    return classes.filter((found, at) => found === likeliest(test.y, at)).length / classes.length;
  }

  dispose(): void {
    this.#model.dispose();
    this.network.dispose();
  }
}

async function openScorer(file: string): Promise<Sequential> {
  const network = await loadModel(file);
  const fresh = mnistCnn.build(resolveConfig(mnistCnn.config));
  const shapes = (one: Model): string => one.weights.map(({ shape }) => `[${shape}]`).join(" ");
  const [got, expected] = [shapes(network), shapes(fresh)];
  fresh.dispose();
  // Files of Keras say nothing of the zoo.
  const id = keptConfig(network)?.id ?? mnistCnn.id;
  if (id === mnistCnn.id && network instanceof Sequential && got === expected) return network;
  network.dispose();
  throw new DataError(
    `gan: ${file} cannot judge digits, got ${id === mnistCnn.id ? `weights ${got}` : id}, expected a trained ` +
      `${mnistCnn.id} with weights ${expected}`,
  );
}

/** The place of the largest of ten values. */
function likeliest({ data }: HostArray, row: number): number {
  let best = 0;
  for (let at = 1; at < 10; at++) if (data[row * 10 + at]! > data[row * 10 + best]!) best = at;
  return best;
}

/** The part of each of ten classes. */
export function classShares(classes: Uint8Array): number[] {
  const shares = Array.from({ length: 10 }, () => 0);
  for (const found of classes) shares[found] = shares[found]! + 1 / classes.length;
  return shares;
}

/** Total variation: half the sum of the differences, 0 for equal shares to 1 for none in common. */
export const totalVariation = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, share, at) => sum + Math.abs(share - b[at]!) / 2, 0);
