// What compile takes: losses, metrics, optimizers, schedules, regularizers and constraints, by name, config and object.
import {
  auc,
  binaryCrossentropy,
  Dense,
  f1Score,
  HeNormal,
  L1L2,
  L2,
  type LossFunction,
  type LossLike,
  MaxNorm,
  type MetricLike,
  meanMetric,
  precision,
  Sequential,
} from "@hekla/layers";
import {
  Adam,
  AdamW,
  cosineDecay,
  LBFGS,
  linearWarmup,
  oneCycle,
  optimizerFromConfig,
  piecewiseConstant,
  RMSprop,
  type Schedule,
  SGD,
} from "@hekla/optim";
import {
  abs,
  type HostData,
  matmul,
  maximum,
  mean,
  multiply,
  type Optimizer,
  square,
  subtract,
  tensor,
  Variable,
} from "@hekla/tensor";
import { check, waves } from "./check.js";

const x = { data: waves(96), shape: [32, 3] };
const y = { data: Float32Array.from({ length: 32 }, (_, k) => k % 2), shape: [32, 1] };

async function lossesAndMetrics(): Promise<void> {
  const model = new Sequential([new Dense(1, { activation: "sigmoid", inputShape: [3] })]);
  const pinball: LossFunction = (yTrue, yPred) => {
    const error = subtract(yTrue, yPred);
    return mean(maximum(multiply(error, 0.9), multiply(error, -0.1)), { axes: -1 });
  };
  const losses: readonly LossLike[] = [
    "bce",
    { name: "binaryCrossentropy", labelSmoothing: 0.1 },
    binaryCrossentropy,
    pinball,
    (yTrue, yPred) => binaryCrossentropy(yTrue, yPred, { labelSmoothing: 0.2 }),
  ];
  const metrics: readonly MetricLike[] = [
    "accuracy",
    "mae",
    { name: "auc", curve: "PR", numThresholds: 50 },
    { ...auc(), name: "rocAuc" },
    precision({ thresholds: 0.4 }),
    meanMetric("gap", (yTrue, yPred) => abs(subtract(yTrue, yPred))),
    pinball,
  ];
  for (const loss of losses) {
    model.compile({ optimizer: new SGD(0.1), loss, metrics, weightedMetrics: ["recall"] });
    const { history } = await model.fit(x, y, { epochs: 2, sampleWeight: waves(32).map(Math.abs) });
    const names = Object.keys(history).join();
    check(names === "loss,accuracy,mae,auc,rocAuc,precision,gap,pinball,recall", `figures: ${names}`);
  }
  model.compile({
    optimizer: new SGD(0.1),
    loss: (yTrue, yPred) => mean(square(subtract(yTrue, yPred)), { axes: -1 }),
    metrics: [
      "mse",
      f1Score({ threshold: 0.5, numClasses: 1 }),
      (yTrue, yPred) => abs(subtract(yTrue, yPred)),
    ],
  });
  const figures = await model.evaluate(x, y);
  check(Number.isFinite(figures.f1Score), "no f1Score");
}

async function optimizers(): Promise<void> {
  const halves: Schedule = (step) => multiply(subtract(1, multiply(step, 0.001)), 0.05);
  const choices: readonly Optimizer[] = [
    new Adam(cosineDecay(0.05, 100, { warmupTarget: 0.1, warmupSteps: 5 }), {
      useEma: true,
      emaMomentum: 0.9,
    }),
    new AdamW(linearWarmup(0.05, 10), {
      weightDecay: 0.01,
      excludeFromWeightDecay: ["bias"],
      globalClipNorm: 1,
    }),
    new RMSprop(oneCycle(0.05, 40), { momentum: 0.5, gradientAccumulationSteps: 2 }),
    new SGD(piecewiseConstant([10, 20], [0.1, 0.05, 0.01]), { momentum: 0.9, nesterov: true }),
    new SGD(halves),
  ];
  for (const optimizer of choices) {
    const model = new Sequential([
      new Dense(8, {
        activation: "tanh",
        inputShape: [3],
        kernelInitializer: new HeNormal(),
        kernelRegularizer: "l2",
        biasRegularizer: new L2(1e-4),
        kernelConstraint: new MaxNorm(2),
        activityRegularizer: { className: "L1", config: { l1: 1e-5 } },
      }),
      new Dense(1, {
        kernelInitializer: "glorotNormal",
        biasInitializer: { className: "Constant", config: { value: 0.1 } },
        kernelRegularizer: new L1L2({ l1: 1e-5 }),
        biasConstraint: "nonNeg",
      }),
    ]);
    model.compile({ optimizer, loss: "mse" });
    const { history } = await model.fit(x, y, { epochs: 10, batchSize: 8 });
    check(
      (history.loss?.at(-1) ?? 1) < (history.loss?.[0] ?? 0),
      `${optimizer.getConfig().className} does not learn`,
    );
  }
  const copy = optimizerFromConfig(new Adam(cosineDecay(0.1, 10)).getConfig());
  check(copy.learningRate !== undefined, "an optimizer from a config has no learning rate");
}

async function leastSquares(): Promise<void> {
  const weights = new Variable(tensor([[0], [0], [0]]), { name: "weights" });
  const inputs = tensor(x.data, { shape: [32, 3] });
  const targets = matmul(inputs, tensor([[1], [-2], [0.5]]));
  const seen: number[] = [];
  const result = await new LBFGS(1, { historySize: 5 }).minimize(
    () => mean(square(subtract(matmul(inputs, weights), targets))),
    [weights],
    { maxIter: 30, onIteration: ({ loss }) => seen.push(loss) },
  );
  const found: HostData = await weights.data();
  check(result.loss < 1e-8 && seen.length > 0, `L-BFGS ended at ${result.loss} by ${result.reason}`);
  check(Math.abs((found[1] ?? 0) + 2) < 1e-3, "L-BFGS found other weights");
}

export async function trainingOptions(): Promise<void> {
  await lossesAndMetrics();
  await optimizers();
  await leastSquares();
}
