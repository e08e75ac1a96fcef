import { Model, type Sequential, type StepBatch } from "@hekla/layers";
import {
  add,
  divide,
  mean,
  multiply,
  slice,
  square,
  subtract,
  type Tensor,
  valueAndGrad,
} from "@hekla/tensor";
import { codeAt, foresee, type LatentParts } from "./latent-roll-out.js";

/** Squared error beside the square of what is true, the mean over a batch `[batch, ...]`. */
function relativeSquare(told: Tensor, truth: Tensor): Tensor {
  const axes = truth.shape.slice(1).map((_, at) => at + 1);
  const wrong = mean(square(subtract(told, truth)), { axes });
  return mean(divide(wrong, add(mean(square(truth), { axes }), 1e-8)));
}

/** A training step by a loss that needs no labels. */
export abstract class WithoutLabels extends Model {
  abstract loss(samples: Tensor): Tensor;

  override trainStep({ x: [samples] }: StepBatch) {
    const { value, grads } = valueAndGrad(() => this.loss(samples!), this.trainableWeights)();
    this.optimizer.apply(grads);
    return { loss: value };
  }

  override call(samples: Tensor): Tensor {
    return this.loss(samples);
  }
}

/** Encoder and decoder: a field `[batch, 1, grid, grid]` shall come out as it went in. */
export class AutoencoderTraining extends WithoutLabels {
  constructor(
    readonly encoder: Sequential,
    readonly decoder: Sequential,
  ) {
    super();
  }

  override loss(fields: Tensor): Tensor {
    return relativeSquare(this.decoder.apply(this.encoder.apply(fields)), fields);
  }
}

/**
 * Memory and change on series of codes `[batch, frames, code]`: the first `given` are known, all others are
 * foreseen one from the other, and the errors of all steps go back through all of them.
 */
export class RollOutTraining extends WithoutLabels {
  readonly memory: LatentParts["memory"];
  readonly change: LatentParts["change"];

  constructor(
    readonly parts: LatentParts,
    readonly given: number,
  ) {
    super();
    this.memory = parts.memory;
    this.change = parts.change;
  }

  override loss(codes: Tensor): Tensor {
    const [batch = 0, frames = 0, length = 0] = codes.shape;
    const known = slice(codes, [0, 0, 0], [batch, this.given, length]);
    const states = foresee(this.parts, known, frames - this.given);
    const losses = states.map(({ code }, at) => relativeSquare(code, codeAt(codes, at + 2)));
    return multiply(
      losses.reduce((sum, one) => add(sum, one)),
      1 / losses.length,
    );
  }
}
