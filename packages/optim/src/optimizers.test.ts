import {
  Adadelta,
  Adafactor,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  cosineDecay,
  Ftrl,
  LBFGS,
  Lion,
  Nadam,
  type OptimizerBase,
  type OptimizerOptions,
  RMSprop,
  type Schedule,
  SGD,
} from "./index.js";
import { testOptimizer } from "./testing/test-optimizer.js";

type Make = (rate: number | Schedule, options?: OptimizerOptions) => OptimizerBase;

/**
 * Each optimizer with a fitting rate, and its groups of slots: the weights' states are listed group by group.
 */
const kinds: readonly [name: string, rate: number, make: Make, groups: string[][], own?: string[]][] = [
  ["SGD", 0.1, (rate, options) => new SGD(rate, options), []],
  [
    "SGD with Nesterov's momentum",
    0.05,
    (rate, options) => new SGD(rate, { momentum: 0.9, nesterov: true, ...options }),
    [["momentum"]],
  ],
  [
    "RMSprop",
    0.01,
    (rate, options) => new RMSprop(rate, { momentum: 0.5, centered: true, ...options }),
    [["velocity"], ["momentum"], ["averageGradient"]],
  ],
  ["Adam", 0.1, (rate, options) => new Adam(rate, options), [["momentum", "velocity"]]],
  [
    "Adam with amsgrad",
    0.1,
    (rate, options) => new Adam(rate, { amsgrad: true, ...options }),
    [["momentum", "velocity"], ["velocityHat"]],
  ],
  ["AdamW", 0.1, (rate, options) => new AdamW(rate, options), [["momentum", "velocity"]]],
  ["Adamax", 0.1, (rate, options) => new Adamax(rate, options), [["momentum", "norm"]]],
  ["Nadam", 0.1, (rate, options) => new Nadam(rate, options), [["momentum", "velocity"]], ["uProduct"]],
  ["Adagrad", 0.1, (rate, options) => new Adagrad(rate, options), [["accumulator"]]],
  [
    "Adadelta",
    1,
    (rate, options) => new Adadelta(rate, options),
    [["accumulatedGrad", "accumulatedDeltaVar"]],
  ],
  ["Ftrl", 0.1, (rate, options) => new Ftrl(rate, options), [["accumulator", "linear"]]],
  ["Lion", 0.1, (rate, options) => new Lion(rate, options), [["momentum"]]],
];

const state = (groups: readonly string[][], own: readonly string[] = []): string[] => [
  ...groups.flatMap((group) =>
    ["kernel", "bias"].flatMap((weight) => group.map((slot) => `${slot}/${weight}`)),
  ),
  ...own,
];

/** Everything that surrounds an optimizer's rule at once, and a rate that changes. */
const everything: OptimizerOptions = {
  weightDecay: 0.01,
  excludeFromWeightDecay: ["bias"],
  globalClipNorm: 5,
  gradientAccumulationSteps: 2,
  useEma: true,
  emaMomentum: 0.6,
  emaOverwriteFrequency: 2,
};

for (const [name, rate, make, groups, own] of kinds) {
  testOptimizer(name, () => make(rate), { state: state(groups, own) });
  testOptimizer(`${name} with every common option`, () => make(cosineDecay(rate, 50), everything), {
    state: state([["average"], ["gradientAccumulator"], ...groups], own),
    stepsToMove: 2,
  });
}

const factors = ["r/kernel", "c/kernel", "velocity/bias"];
testOptimizer("Adafactor", () => new Adafactor(0.1), { state: factors });
testOptimizer("Adafactor with common options", () => new Adafactor(0.1, { clipNorm: 1, useEma: true }), {
  state: ["average/kernel", "average/bias", ...factors],
});

const vectors = [
  "direction",
  "stepLength",
  "previousGradient",
  "oldDirections",
  "oldSteps",
  "ro",
  "diagonal",
];
testOptimizer("LBFGS", () => new LBFGS(1, { historySize: 3 }), { state: vectors });
testOptimizer("LBFGS under a schedule", () => new LBFGS(cosineDecay(0.5, 20), { historySize: 1 }), {
  state: vectors,
});
