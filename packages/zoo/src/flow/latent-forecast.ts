import {
  add,
  type Compiled,
  compile,
  type HostArray,
  multiply,
  reshape,
  subtract,
  type Tensor,
} from "@hekla/tensor";
import { codeAt, foresee, type LatentParts, type LatentState, nextState } from "./latent-roll-out.js";

/** Where a roll-out stands, all on the device. */
interface Standing {
  readonly state: LatentState;
  /** What the decoder does not give back of the last known field `[batch, 1, grid, grid]`. */
  readonly missed: Tensor;
}

/** What a roll-out begins with. */
interface Beginning extends Standing {
  readonly field: Tensor;
  /** Code of the last known field, and its change from the one before. */
  readonly last: Tensor;
  readonly moved: Tensor;
}

/**
 * Fields `[steps, batch, 1, grid, grid]` that are foreseen, and the milliseconds that each took, the first one
 * with all that is known.
 */
export interface Forecast {
  readonly fields: Float32Array;
  readonly milliseconds: readonly number[];
}

/**
 * Foresees fields frame by frame, each in one run of a plan. What the decoder cannot give back of the last
 * known field is added to all that follow: so it is the change since then that the network tells.
 */
export class LatentForecaster {
  readonly #begin: Compiled<[Tensor], Beginning>;
  readonly #next: Compiled<[Standing], { state: LatentState; field: Tensor }>;
  readonly #onward: Compiled<[Tensor, Tensor, Tensor, Tensor], Tensor>;
  readonly #again: Compiled<[Tensor], Tensor>;

  constructor({ encoder, decoder, ...rest }: LatentParts) {
    const parts = { encoder, decoder, ...rest };
    this.#begin = compile((fields: Tensor) => {
      const [batch = 0, given = 0, ...field] = fields.shape;
      const encoded = encoder.apply(reshape(fields, [batch * given, ...field]));
      const codes = reshape(encoded, [batch, given, encoded.shape[1]!]);
      const last = codeAt(codes, given - 1);
      const seen = reshape(fields, [batch, given, -1]);
      const missed = subtract(reshape(codeAt(seen, given - 1), [batch, ...field]), decoder.apply(last));
      const state = foresee(parts, codes, 1).at(-1)!;
      const moved = subtract(last, codeAt(codes, given - 2));
      return { state, missed, field: add(decoder.apply(state.code), missed), last, moved };
    });
    this.#next = compile(({ state, missed }: Standing) => {
      const next = nextState(parts, state);
      return { state: next, field: add(decoder.apply(next.code), missed) };
    });
    this.#onward = compile((last: Tensor, moved: Tensor, missed: Tensor, steps: Tensor) =>
      add(decoder.apply(add(last, multiply(moved, steps))), missed),
    );
    this.#again = compile((fields: Tensor) => decoder.apply(encoder.apply(fields)));
  }

  /** Goes on from the known fields `[batch, given, 1, grid, grid]` by so many frames. */
  async foresee(known: HostArray, steps: number): Promise<Forecast> {
    let before = performance.now();
    const milliseconds: number[] = [];
    const [batch = 0, , ...field] = known.shape;
    const length = batch * field.reduce((product, size) => product * size, 1);
    const fields = new Float32Array(steps * length);
    const { missed, ...first } = this.#begin(known);
    let at: { state: LatentState; field: Tensor } = first;
    for (let step = 0; step < steps; step++) {
      if (step > 0) at = this.#next({ state: at.state, missed });
      fields.set(await at.field.data(), step * length);
      const now = performance.now();
      milliseconds.push(now - before);
      before = now;
    }
    return { fields, milliseconds };
  }

  /** What comes of it if the code goes on changing as it did at last. */
  async extrapolate(known: HostArray, steps: number): Promise<Float32Array> {
    const { last, moved, missed } = this.#begin(known);
    const fields: Float32Array[] = [];
    for (let step = 1; step <= steps; step++) {
      const field = this.#onward(last, moved, missed, { data: Float32Array.of(step), shape: [] });
      fields.push(Float32Array.from(await field.data()));
    }
    const all = new Float32Array(steps * fields[0]!.length);
    fields.forEach((field, step) => all.set(field, step * field.length));
    return all;
  }

  /** Fields `[batch, 1, grid, grid]` through encoder and decoder. */
  async reconstruct(fields: HostArray): Promise<Float32Array> {
    return Float32Array.from(await this.#again(fields).data());
  }

  dispose(): void {
    for (const plan of [this.#begin, this.#next, this.#onward, this.#again]) plan.dispose();
  }
}
