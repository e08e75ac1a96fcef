import type { Model } from "@hekla/layers";
import { DataError } from "@hekla/tensor";

/**
 * Samples that are left to learn from.
 * @throws DataError if there are none
 */
export function learntSamples(samples: number, validationSplit: number): number {
  const learnt = Math.floor(samples * (1 - validationSplit));
  if (learnt > 0) return learnt;
  throw new DataError(
    `cae: nothing to train on, got ${samples} pictures, of which a share of ${validationSplit} is held out, ` +
      "expected some to be left",
  );
}

/** The two halves of a network of either task. */
export function halvesOf(network: Model): { readonly encoder: Model; readonly decoder: Model } {
  const [encoder, decoder] = network.layers as Model[]; // cast: `build` makes it of two models
  return { encoder: encoder!, decoder: decoder! };
}
