import { maximum, type Tensor, type Variable } from "@hekla/tensor";
import { towards } from "./moving-average.js";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import { aboveZero, atMostZero } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";
import type { SlotStep } from "./slots.js";

export interface AdafactorOptions extends OptimizerOptions {
  /** The averages of squares decay by `1 - t^beta2Decay`. Default -0.8. */
  readonly beta2Decay?: number;
  /** Added to squared gradients. Default 1e-30. */
  readonly epsilon1?: number;
  /** Least size of a weight that steps are measured by. Default 1e-3. */
  readonly epsilon2?: number;
  /** Steps are scaled down to at most this root mean square, before the rate. Default 1. */
  readonly clipThreshold?: number;
  /**
   * As in Keras's configs. The rate is at most `1 / sqrt(t)` in either case, in Keras as well. Default true.
   */
  readonly relativeStep?: boolean;
}

const rootMeanSquare = (x: Tensor): Tensor => x.square().mean().sqrt();

/**
 * Adam's second moment alone, kept as means over rows and over columns of the last two axes:
 * `q = g^2 + epsilon1`, `beta = 1 - t^beta2Decay`, `r = beta r + (1 - beta) mean(q, -1)`,
 * `c = beta c + (1 - beta) mean(q, -2)`, `u = g / sqrt(r / mean(r, -1) * c)`, and
 * `w -= min(learningRate, 1 / sqrt(t)) * max(epsilon2, rms(w)) * u / max(1, rms(u) / clipThreshold)`.
 * A weight of fewer than two axes keeps the whole average. Keras also keeps the product of `r` and `c`, which
 * nothing reads; here a matrix `[rows, columns]` costs `rows + columns` numbers.
 * Source: Shazeer and Stern 2018, algorithms 4 and 5; Keras 3 `Adafactor`.
 */
export class Adafactor extends PerWeightOptimizer<AdafactorOptions> {
  readonly className: string = "Adafactor";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: AdafactorOptions = {}) {
    const defaults = {
      beta2Decay: -0.8,
      epsilon1: 1e-30,
      epsilon2: 1e-3,
      clipThreshold: 1,
      relativeStep: true,
    };
    super(learningRate, options, defaults, { beta2Decay: atMostZero, clipThreshold: aboveZero });
  }

  protected override slots({ shape }: Variable) {
    if (shape.length < 2) return [["velocity"]];
    const [rows, columns] = [shape.slice(0, -1), [...shape.slice(0, -2), shape.at(-1)!]];
    return [
      [
        { name: "r", shape: rows },
        { name: "c", shape: columns },
      ],
    ];
  }

  protected override rule(learningRate: Tensor, step: Tensor): Rule {
    const { beta2Decay, epsilon1, epsilon2, clipThreshold } = this.settings;
    const rate = learningRate.minimum(step.rsqrt());
    const share = step.power(beta2Decay);
    return (weight, gradient, slots) => {
      const squares = gradient.square().add(epsilon1);
      const unit = gradient.multiply(inverseRoot(squares, share, slots));
      const excess = rootMeanSquare(unit).divide(clipThreshold).maximum(1);
      const size = rate.multiply(maximum(epsilon2, rootMeanSquare(weight))).divide(excess);
      return weight.subtract(unit.multiply(size));
    };
  }
}

/** One over the root of the average of squares, as factors where the weight has two axes or more. */
function inverseRoot(squares: Tensor, share: Tensor, slots: SlotStep): Tensor {
  const average = (name: string, value: Tensor): Tensor =>
    slots.next(name, (old) => towards(old, value, share));
  if (squares.rank < 2) return average("velocity", squares).rsqrt();
  const rows = average("r", squares.mean({ axes: -1 }));
  const columns = average("c", squares.mean({ axes: -2 }));
  const rowFactor = rows.divide(rows.mean({ axes: -1, keepDims: true })).rsqrt();
  return rowFactor.expandDims(-1).multiply(columns.rsqrt().expandDims(-2));
}
