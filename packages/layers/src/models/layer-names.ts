import { HeklaError } from "@hekla/tensor";
import type { Layer } from "../layer.js";
import { snakeCase } from "../snake-case.js";

/** Names the layers of one model: `dense_1`, `dense_2`, ..., counted by class, past names that are taken. */
export class LayerNames {
  readonly #counts = new Map<string, number>();

  /**
   * The name a layer has or gets.
   * @throws HeklaError where its own name is another layer's
   */
  next(layer: Layer, others: readonly Layer[]): string {
    const taken = new Set(others.filter((other) => other !== layer).map(({ name }) => name));
    if (layer.isNamed) {
      if (!taken.has(layer.name)) return layer.name;
      throw new HeklaError(
        `model: two layers have one name, got "${layer.name}" twice, expected names of their own`,
      );
    }
    const base = snakeCase(layer.className);
    let number = this.#counts.get(base) ?? 0;
    do number++;
    while (taken.has(`${base}_${number}`));
    this.#counts.set(base, number);
    return `${base}_${number}`;
  }
}

/** Entries of a layer by their paths in a model; those inside a nested model start with its name. */
export const pathsIn = <T>(layer: Layer, entries: [string, T][]): [string, T][] =>
  "compileOptions" in layer ? entries.map(([path, value]) => [`${layer.name}/${path}`, value]) : entries;
