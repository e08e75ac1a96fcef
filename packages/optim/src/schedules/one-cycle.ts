import { HeklaError, type Tensor, where } from "@hekla/tensor";
import { aboveZero, checkRange, share } from "../ranges.js";
import { halfCosine } from "./cosine-decay.js";
import { checkSteps, rateLike, type Schedule, schedule } from "./schedule.js";

export interface OneCycleOptions {
  /** Share of the steps in which the rate rises, 0 to 1. Default 0.3. */
  readonly pctStart?: number;
  /** Half a cosine or a straight line from one rate to the next. Default "cos". */
  readonly annealStrategy?: "cos" | "linear";
  /** The first rate is `maxLearningRate / divFactor`. Default 25. */
  readonly divFactor?: number;
  /** The last rate is the first one over this. Default 10000. */
  readonly finalDivFactor?: number;
  /** Fall back to the first rate as fast as it rose, and only then to the last one. Default false. */
  readonly threePhase?: boolean;
}

/**
 * Up from `maxLearningRate / divFactor` to `maxLearningRate`, which step `pctStart * totalSteps - 1` has, and
 * down to `maxLearningRate / divFactor / finalDivFactor`, which the last of `totalSteps` steps and all after
 * it have.
 * Source: Smith and Topin 2018; PyTorch 2 `OneCycleLR` (which also cycles a momentum: this does not).
 * @throws HeklaError for `totalSteps` that are not above 0, or an option out of its range
 */
export function oneCycle(
  maxLearningRate: number,
  totalSteps: number,
  options: OneCycleOptions = {},
): Schedule {
  checkSteps("oneCycle", "totalSteps", totalSteps);
  const { pctStart = 0.3, annealStrategy = "cos", divFactor = 25, finalDivFactor = 1e4 } = options;
  checkRange("oneCycle", "pctStart", pctStart, share);
  checkRange("oneCycle", "divFactor", divFactor, aboveZero);
  checkRange("oneCycle", "finalDivFactor", finalDivFactor, aboveZero);
  if (annealStrategy !== "cos" && annealStrategy !== "linear") {
    throw new HeklaError(`oneCycle: bad annealStrategy, got "${annealStrategy}", expected "cos" or "linear"`);
  }
  const first = maxLearningRate / divFactor;
  const last = first / finalDivFactor;
  const rise = { end: pctStart * totalSteps - 1, to: maxLearningRate };
  const fall = { end: 2 * pctStart * totalSteps - 2, to: first };
  const phases = [rise, ...(options.threePhase ? [fall] : []), { end: totalSteps - 1, to: last }];
  const rate = (step: Tensor): Tensor => {
    const [final, ...before] = phases
      .map(({ end, to }, k) => {
        const { end: start, to: from } = phases[k - 1] ?? { end: 0, to: first };
        // A phase without length is over at once.
        const part =
          end > start
            ? step
                .subtract(start)
                .divide(end - start)
                .clip(0, 1)
            : rateLike(step, 1);
        // A share of each end, as one may be tiny beside the other: their difference would swallow it.
        const [left, gone] =
          annealStrategy === "cos"
            ? [
                halfCosine(part),
                part
                  .multiply(Math.PI / 2)
                  .sin()
                  .square(),
              ]
            : [part.negative().add(1), part];
        return { end, rate: left.multiply(from).add(gone.multiply(to)) };
      })
      .reverse();
    return before.reduce((later, phase) => where(step.lessEqual(phase.end), phase.rate, later), final!.rate);
  };
  return schedule(rate, "oneCycle", [maxLearningRate, totalSteps, options]);
}
