// Settings kept in constants and handed on, classes of the library extended, layers that know the layers in them.
import {
  Add,
  Bidirectional,
  type CallOptions,
  type Config,
  Conv2D,
  type Conv2DOptions,
  Dense,
  Dropout,
  EarlyStopping,
  type FitOptions,
  Flatten,
  HeNormal,
  input,
  L2,
  type Layer,
  type LossLike,
  LSTM,
  MaxNorm,
  type MetricLike,
  Model,
  modelFromBytes,
  Sequential,
  type SymbolicTensor,
  TimeDistributed,
} from "@hekla/layers";
import { Adam, SGD, type SGDOptions } from "@hekla/optim";
import { multiply, type Tensor } from "@hekla/tensor";
import { check, waves } from "./check.js";

/** A Dense whose outputs are twice as large. */
class Doubled extends Dense {
  static override readonly className = "Doubled";
  override call(inputs: Tensor): Tensor {
    return multiply(super.call(inputs), 2);
  }
  static override fromConfig({ units, ...options }: Config): Doubled {
    return new Doubled(units as number, options);
  }
}

/** Dropout that stays on: several predictions of one sample tell how sure a model is. */
class MonteCarloDropout extends Dropout {
  static override readonly className = "MonteCarloDropout";
  override call(inputs: Tensor, options: CallOptions): Tensor {
    return super.call(inputs, { ...options, training: true });
  }
  static override fromConfig({ rate, ...options }: Config): MonteCarloDropout {
    return new MonteCarloDropout(rate as number, options);
  }
}

class HalfNormal extends HeNormal {
  override readonly className = "HalfNormal";
  override values(...args: Parameters<HeNormal["values"]>): Float32Array {
    return super.values(...args).map(Math.abs);
  }
}

class Momentum extends SGD {
  override readonly className = "Momentum";
  constructor(rate: number, options: SGDOptions = {}) {
    super(rate, { momentum: 0.9, ...options });
  }
}

class Patient extends EarlyStopping {
  constructor() {
    super({ patience: 20, monitor: "loss" });
  }
}

const layerSettings = {
  activation: "relu",
  kernelInitializer: "heNormal",
  kernelRegularizer: { className: "L2", config: { l2: 1e-4 } },
} as const;
const convolution: Conv2DOptions = { padding: "same", strides: [1, 1], dataFormat: "channelsLast" };
const training = { batchSize: 8, epochs: 3, callbacks: [new Patient()], validationSplit: 0.25 } as const;
const objective = { loss: "mse", metrics: ["mae", { name: "rootMeanSquaredError" }] } as const;

function residual(x: SymbolicTensor, units: number): SymbolicTensor {
  return new Add().apply([x, new Dense(units, layerSettings).apply(x)]);
}

export async function settingsAndSubclasses(): Promise<void> {
  const x = { data: waves(32 * 4), shape: [32, 4] };
  const y = Array.from({ length: 32 }, (_, k) => [Math.cos(k)]);
  const withBatch: FitOptions = { ...training, epochs: 2, shuffle: false };

  const place = input([4]);
  const model = new Model(place, new Dense(1).apply(residual(residual(place, 4), 4)));
  model.compile({ optimizer: new Momentum(0.01), ...objective });
  const { history } = await model.fit(x, y, training);
  check(Object.keys(history).includes("val_rootMeanSquaredError"), "settings in a constant");
  await model.fit(x, y, withBatch);

  const hidden: readonly Layer[] = [16, 8].map(
    (units) => new Dense(units, { ...layerSettings, name: `of_${units}` }),
  );
  const network = new Sequential([
    ...hidden,
    new MonteCarloDropout(0.5),
    new Doubled(1, {
      kernelInitializer: new HalfNormal(),
      kernelConstraint: new MaxNorm(3),
      biasRegularizer: new L2(),
    }),
  ]);
  const losses: Record<string, LossLike> = { plain: "mse", named: { name: "huber", delta: 0.5 } };
  const metrics: MetricLike[] = ["mae"];
  for (const loss of Object.values(losses)) {
    network.compile({ optimizer: new Adam(), loss, metrics });
    await network.fit(x, y, withBatch);
  }
  const bytes = await network.toBytes({ includeOptimizer: false });
  const classes = [Doubled, MonteCarloDropout];
  const error = await Promise.resolve()
    .then(() => modelFromBytes(bytes, { customLayers: classes }))
    .catch((reason: unknown) => reason);
  check(
    error instanceof Error && error.message.includes("HalfNormal"),
    "an initializer of one's own is read",
  );

  const images = new Sequential([new Conv2D(2, [3, 3], convolution), new Flatten(), new Dense(1)]);
  images.compile({ optimizer: new Adam(), loss: "mse" });
  await images.fit({ data: waves(4 * 25), shape: [4, 5, 5, 1] }, [[0], [1], [0], [1]]);

  const forward: LSTM = new Bidirectional(new LSTM(4, { returnSequences: true })).forwardLayer;
  const units: number = new TimeDistributed(new Dense(3)).layer.units;
  check(forward.units === 4 && units === 3, "layers do not know the layers in them");
}
