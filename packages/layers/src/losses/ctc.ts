import {
  add,
  any,
  broadcastTo,
  cast,
  concat,
  coordinate,
  equal,
  exp,
  expandDims,
  full,
  gatherAlong,
  less,
  log,
  logicalAnd,
  logSoftmax,
  logSumExp,
  maximum,
  multiply,
  named,
  negative,
  notEqual,
  pad,
  range,
  reshape,
  ShapeError,
  slice,
  split,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  type TensorLike,
  where,
} from "@hekla/tensor";
import { maskOf, setMask } from "../masks.js";
import type { LossFunction } from "./loss-function.js";

export interface CtcOptions {
  /** Class number of the blank. Default 0. */
  readonly maskIndex?: number;
}

/**
 * Slices along axis 1, without it. By halves, so that their gradients are put together in as many additions as there
 * are elements times the depth, not times the steps.
 */
function steps(x: Tensor): Tensor[] {
  const [batch, time, states] = x.shape as [number, number, number];
  if (time < 2) return time === 1 ? [reshape(x, [batch, states])] : [];
  const half = time >> 1;
  return split(x, [half, time - half], { axis: 1 }).flatMap(steps);
}

/** Stands for log 0: small enough to vanish beside any path, and finite, so that nothing becomes NaN. Source: Keras 3. */
const never = -1e5;

/** log(e^a + e^b + e^c) of finite values; the shift by the largest cancels, in the gradient as well. */
function logAddExp(a: Tensor, b: Tensor, c: Tensor): Tensor {
  const largest = stopGradient(maximum(maximum(a, b), c));
  const [x, y, z] = [a, b, c].map((value) => exp(subtract(value, largest)));
  return add(largest, log(add(add(x!, y!), z!)));
}

/**
 * Minus the log of the probability of the labels; `counts` `[batch, time]` says which steps there are.
 */
function minusLogProbability(
  target: Tensor,
  output: Tensor,
  targetLength: TensorLike,
  counts: Tensor | undefined,
  blank: number,
): Tensor {
  const [batch, labels] = target.shape as [number, number];
  if (target.rank !== 2 || output.rank !== 3 || output.shape[0] !== batch) {
    throw new ShapeError(
      `ctc: got labels [${target.shape}] and logits [${output.shape}], ` +
        "expected [batch, labels] and [batch, time, classes]",
    );
  }
  const time = output.shape[1]!;
  const states = [batch, 2 * labels + 1] as const;
  return named("ctc", () => {
    const between = pad(
      cast(target, "int32"),
      [
        [0, 0],
        [1, 1],
      ],
      blank,
      { interior: [0, 1] },
    );
    const twoBefore = slice(
      pad(
        between,
        [
          [0, 0],
          [2, 0],
        ],
        blank,
      ),
      [0, 0],
      states,
    );
    const skips = logicalAnd(notEqual(between, blank), notEqual(between, twoBefore));
    const skip = where(skips, 0, cast(full(states, never), output.dtype));
    const indices = broadcastTo(expandDims(between, 1), [batch, time, states[1]]);
    const logs = gatherAlong(logSoftmax(output), indices, { axis: 2 });
    // Two columns of `never` stand before the states, so that s - 1 and s - 2 are views. Before the first step all
    // paths stand at the first blank.
    let alpha = where(
      equal(coordinate([batch, states[1] + 2], 1), 2),
      0,
      cast(full([], never), output.dtype),
    );
    for (const [step, emitted] of steps(logs).entries()) {
      const [two, one, same] = [0, 1, 2].map((start) => slice(alpha, [0, start], states));
      const moved = add(logAddExp(same!, one!, add(two!, skip)), emitted);
      const next = counts ? where(slice(counts, [0, step], [batch, 1]), moved, same!) : moved;
      alpha = pad(
        next,
        [
          [0, 0],
          [2, 0],
        ],
        never,
      );
    }
    // The last label, or the blank after it.
    const last = expandDims(multiply(targetLength, 2), 1);
    const ends = gatherAlong(alpha, concat([add(last, 1), add(last, 2)], { axis: 1 }), { axis: 1 });
    return negative(logSumExp(ends, { axes: 1 }));
  });
}

/**
 * Connectionist temporal classification: minus the log of the summed probabilities of all ways to spread the labels over
 * the steps, repeats merged and blanks dropped. With the labels between blanks, `l = [-, l1, -, ..., lN, -]`,
 * `alpha_t(s) = (alpha_t-1(s) + alpha_t-1(s - 1) + alpha_t-1(s - 2) where a label may be skipped to) p_t(l_s)`,
 * in logarithms. Labels that the steps cannot hold give about 1e5, never NaN or infinity.
 * @param target class numbers `[batch, labels]`; those from `targetLength` on do not matter
 * @param output logits `[batch, time, classes]`
 * @param targetLength labels of each sample, int32 `[batch]`
 * @param outputLength steps of each sample, int32 `[batch]`; undefined where all count
 * @returns `[batch]`
 * @throws ShapeError for other ranks or batch sizes
 * Source: Graves et al. 2006, equations 6 to 8; Keras 3 `ops.ctc_loss`.
 */
export function ctcLoss(
  target: Tensor,
  output: Tensor,
  targetLength: Tensor,
  outputLength?: Tensor,
  { maskIndex = 0 }: CtcOptions = {},
): Tensor {
  const counts =
    outputLength && less(expandDims(range(0, output.shape[1] ?? 0), 0), expandDims(outputLength, 1));
  return minusLogProbability(target, output, targetLength, counts, maskIndex);
}

/**
 * CTC for labels `[batch, labels]` padded with 0, which is the blank, and logits `[batch, time, classes]`; see `ctcLoss`.
 * Steps that a mask of the logits leaves out do not count.
 * @returns `[batch]`
 * Source: Keras 3 `ctc`, which ignores masks.
 */
export const ctc: LossFunction = /* @__PURE__ */ Object.assign(
  function ctc(yTrue: Tensor, yPred: Tensor): Tensor {
    const mask = maskOf(yPred);
    const loss = minusLogProbability(yTrue, yPred, sum(notEqual(yTrue, 0), { axes: -1 }), mask, 0);
    return setMask(loss, mask && any(mask, { axes: 1 }));
  },
  { ofClassNumbers: true },
);
