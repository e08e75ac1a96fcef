import { HeklaError, type Tensor } from "@hekla/tensor";
import { type LinePoint, strongWolfe } from "./strong-wolfe.js";

/** When a descent ends, and how it searches a line. */
export interface Limits {
  readonly maxIter: number;
  readonly maxEval: number;
  readonly toleranceGrad: number;
  readonly toleranceChange: number;
  readonly lineSearchFn: "strongWolfe" | "none";
}

/** How far a run of `minimize` has come. */
export interface MinimizeProgress {
  readonly iterations: number;
  readonly evaluations: number;
  readonly loss: number;
  /** Largest magnitude in the gradient. */
  readonly gradient: number;
}

/** Where a run of `minimize` ended. */
export interface MinimizeResult extends MinimizeProgress {
  /** Why it ended: which tolerance was met, which limit was reached, or "stopped" by `onIteration`. */
  readonly reason: "gradient" | "slope" | "change" | "maxIter" | "maxEval" | "stopped";
}

/**
 * Most evaluations on one line: in float32 a bracket can be too short for its ends to differ before it is
 * closed.
 */
const evaluationsPerLine = 25;

/** A point of the line search with the gradient there, flat. */
export interface Look extends LinePoint {
  readonly gradient: Tensor;
  /** Largest magnitude in the gradient. */
  readonly largest: number;
}

/** What a descent asks of the device. */
export interface Walker {
  /** Evaluates loss and gradient where the weights are, which is `at` along the direction. */
  look(at: number): Promise<Look>;
  /** Starts a new line where the weights are: how far to go first, its slope, and its largest element. */
  turn(gradient: Tensor): Promise<{ length: number; slope: number; reach: number }>;
  /** Moves the weights to a place on the line. */
  place(at: number): void;
}

/**
 * Line after line until a tolerance or limit is met: the part of L-BFGS that needs numbers only.
 * Source: PyTorch 2 `torch.optim.LBFGS.step`, whose checks and their order these are.
 * @throws HeklaError when the loss is not finite at the start
 */
export async function descend(
  walker: Walker,
  { maxIter, maxEval, toleranceGrad, toleranceChange, lineSearchFn }: Limits,
  onIteration?: (progress: MinimizeProgress) => unknown,
): Promise<MinimizeResult> {
  let here = await walker.look(0);
  let [iterations, evaluations] = [0, 1];
  const progress = (): MinimizeProgress => {
    return { iterations, evaluations, loss: here.value, gradient: here.largest };
  };
  const done = (reason: MinimizeResult["reason"]): MinimizeResult => ({ ...progress(), reason });
  if (!Number.isFinite(here.value)) {
    throw new HeklaError(`LBFGS: the loss is not finite, got ${here.value} at the start, expected a number`);
  }
  if (here.largest <= toleranceGrad) return done("gradient");
  for (;;) {
    iterations++;
    const line = await walker.turn(here.gradient);
    if (line.slope > -toleranceChange) return done("slope");
    const start: Look = { ...here, at: 0, slope: line.slope };
    let last = start;
    const goTo = async (at: number): Promise<Look> => {
      walker.place(at);
      evaluations++;
      last = await walker.look(at);
      return last;
    };
    if (lineSearchFn === "none") here = await goTo(line.length);
    else {
      const maxEvaluations = Math.min(evaluationsPerLine, maxEval - evaluations);
      const bounds = { toleranceChange, reach: line.reach, maxEvaluations };
      here = await strongWolfe(goTo, start, line.length, bounds);
      if (here !== last) walker.place(here.at);
    }
    if (onIteration?.(progress()) === false) return done("stopped");
    if (iterations === maxIter) return done("maxIter");
    if (evaluations >= maxEval) return done("maxEval");
    if (here.largest <= toleranceGrad) return done("gradient");
    if (here.at * line.reach <= toleranceChange) return done("change");
    if (Math.abs(here.value - start.value) < toleranceChange) return done("change");
  }
}
