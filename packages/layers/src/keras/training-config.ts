import type { Fail } from "../formats/byte-file.js";
import type { Config } from "../layer.js";
import type { LossLike } from "../losses/index.js";
import type { MetricLike } from "../metrics/index.js";
import { isObject, type Json, objectOf, shown } from "./json.js";
import { kerasKey, ownKey } from "./names.js";
import type { Saved, SavedTraining } from "./saved-training.js";

/** Classes whose names do not begin with one capital letter: names of losses and metrics here, and in Keras. */
const classNames: readonly (readonly [own: string, keras: string])[] = [
  ["auc", "AUC"],
  ["iou", "IoU"],
  ["ctc", "CTC"],
  ["klDivergence", "KLDivergence"],
];

const ownName = (className: string): string =>
  classNames.find(([, keras]) => keras === className)?.[0] ??
  className.charAt(0).toLowerCase() + className.slice(1);

const kerasClass = (name: string): string =>
  classNames.find(([own]) => own === name)?.[1] ?? name.charAt(0).toUpperCase() + name.slice(1);

interface Decay {
  readonly className: string;
  /** Arguments of the function here by position, in Keras's names. */
  readonly args: readonly string[];
  /** Those in the options behind them. */
  readonly options: readonly string[];
}

/** Schedules that Keras has too, by the name of the function. */
const schedules: Readonly<Record<string, Decay>> = {
  exponentialDecay: {
    className: "ExponentialDecay",
    args: ["initial_learning_rate", "decay_steps", "decay_rate"],
    options: ["staircase"],
  },
  inverseTimeDecay: {
    className: "InverseTimeDecay",
    args: ["initial_learning_rate", "decay_steps", "decay_rate"],
    options: ["staircase"],
  },
  polynomialDecay: {
    className: "PolynomialDecay",
    args: ["initial_learning_rate", "decay_steps"],
    options: ["end_learning_rate", "power", "cycle"],
  },
  piecewiseConstant: { className: "PiecewiseConstantDecay", args: ["boundaries", "values"], options: [] },
  cosineDecay: {
    className: "CosineDecay",
    args: ["initial_learning_rate", "decay_steps"],
    options: ["alpha", "warmup_target", "warmup_steps"],
  },
  cosineDecayRestarts: {
    className: "CosineDecayRestarts",
    args: ["initial_learning_rate", "first_decay_steps"],
    options: ["t_mul", "m_mul", "alpha"],
  },
};

const withoutNull = (config: Json): Json =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null && value !== undefined));

/** How a model of Keras was compiled; undefined where it was not. `legacy` files keep the optimizer elsewhere. */
export function readTraining(value: unknown, fail: Fail): SavedTraining | undefined {
  if (!isObject(value)) return undefined;
  const optimizer = value.optimizer ?? value.optimizer_config;
  if (!isObject(optimizer)) return undefined;
  const { loss, loss_weights: weights, metrics, weighted_metrics: weighted } = value;
  return {
    optimizer: readOptimizer(optimizer, fail),
    loss: readNamed(loss, fail) as Saved<LossLike>,
    metrics: (readNamed(metrics, fail) ?? []) as Saved<MetricLike>,
    ...(weights ? { lossWeights: weights as NonNullable<SavedTraining["lossWeights"]> } : {}),
    ...(weighted ? { weightedMetrics: readNamed(weighted, fail) as Saved<MetricLike> } : {}),
  };
}

/** The optimizer around another one, which scales the loss. */
export const lossScale = "LossScaleOptimizer";

function readOptimizer(saved: Json, fail: Fail): Config {
  const config = withoutNull(objectOf(saved.config, "the optimizer's config", fail));
  if (saved.class_name === lossScale) {
    return {
      className: lossScale,
      innerOptimizer: readOptimizer(objectOf(config.inner_optimizer, "the optimizer inside", fail), fail),
      initialScale: config.initial_scale,
      dynamicGrowthSteps: config.dynamic_growth_steps,
    };
  }
  const { name, learning_rate: rate, loss_scale_factor: scale, jit_compile: jit, ...rest } = config;
  const { is_legacy_optimizer: legacy, lr, decay, ...options } = rest;
  if (scale) fail("the optimizer scales the loss", shown(scale), "none");
  if (decay) fail("the learning rate decays as in Keras 2", shown(decay), "0, or a schedule");
  return {
    // Keras 2 wrote its own as registered ones: "Custom>Adam".
    className: String(saved.class_name).replace(/^.*>/, ""),
    learningRate: readRate(rate ?? lr, fail),
    ...Object.fromEntries(Object.entries(options).map(([key, value]) => [ownKey(key), value])),
  };
}

function readRate(rate: unknown, fail: Fail): unknown {
  if (!isObject(rate)) return rate;
  const found = Object.entries(schedules).find(([, { className }]) => className === rate.class_name);
  if (!found) return fail("a learning rate's schedule is not known", shown(rate.class_name), "one of Keras");
  const [schedule, { args, options }] = found;
  const config = withoutNull(objectOf(rate.config, "a schedule's config", fail));
  const given = options.filter((key) => key in config).map((key) => [ownKey(key), config[key]]);
  return {
    schedule,
    args: [...args.map((key) => config[key]), ...(options.length > 0 ? [Object.fromEntries(given)] : [])],
  };
}

/** Losses or metrics, in the structure in which they were given. */
function readNamed(value: unknown, fail: Fail): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return ownKey(value);
  if (Array.isArray(value)) return value.map((item) => readNamed(item, fail));
  const object = objectOf(value, "a loss or metric", fail);
  if (typeof object.class_name !== "string") {
    return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, readNamed(item, fail)]));
  }
  // Functions of the user's and of keras.losses.
  if (object.class_name === "function")
    return typeof object.config === "string" ? ownKey(object.config) : null;
  const { name, dtype, reduction, ...options } = withoutNull(
    objectOf(object.config, "the config of a loss", fail),
  );
  if (reduction !== undefined && !["sum_over_batch_size", "auto"].includes(reduction as string)) {
    fail("a loss is reduced in another way", shown(reduction), "sum_over_batch_size");
  }
  if (object.class_name === "MeanMetricWrapper" || object.class_name === "LossFunctionWrapper") {
    return readNamed(options.fn, fail);
  }
  const own = ownName(object.class_name);
  const read = Object.entries(options).map(([key, item]) => [ownKey(key), item]);
  return read.length === 0 ? own : { name: own, ...Object.fromEntries(read) };
}

/** Options of optimizers and schedules that are whole numbers in Keras, which demands floats for the others. */
const whole = new Set([
  "gradient_accumulation_steps",
  "ema_overwrite_frequency",
  "decay_steps",
  "first_decay_steps",
  "warmup_steps",
  "boundaries",
  "dynamic_growth_steps",
]);

/** JSON in which Python takes numbers for floats: `1.0`. */
function floatText(value: unknown, key = ""): string {
  if (Array.isArray(value)) return `[${value.map((item) => floatText(item, key)).join(",")}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${floatText(item, name)}`).join(",")}}`;
  }
  const text = JSON.stringify(value);
  return typeof value === "number" && !whole.has(key) && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** The text of what `kerasTraining` gives. */
export const trainingText = (training: Json | null): string =>
  training
    ? `${JSON.stringify({ ...training, optimizer: undefined }).slice(0, -1)},"optimizer":${floatText(training.optimizer)}}`
    : "{}";

/** The same for Keras; null where it has no such optimizer, schedule, loss or metric. */
export function kerasTraining(training: SavedTraining): Json | null {
  const optimizer = kerasOptimizer(training.optimizer);
  const loss = kerasNamed("keras.losses", training.loss);
  if (!optimizer || loss === undefined) return null;
  return {
    optimizer,
    loss,
    loss_weights: training.lossWeights ?? null,
    metrics: kerasNamed("keras.metrics", training.metrics) ?? null,
    weighted_metrics: kerasNamed("keras.metrics", training.weightedMetrics ?? null) ?? null,
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
}

function kerasOptimizer({
  className,
  learningRate,
  excludeFromWeightDecay,
  ...options
}: Config): Json | undefined {
  if (className === lossScale) {
    const inner = kerasOptimizer(options.innerOptimizer as Config);
    return inner && { ...inner, class_name: className, config: scalingConfig(inner, options) };
  }
  const rate = kerasRate(learningRate);
  if (rate === undefined || className === "LBFGS") return undefined;
  const config = Object.entries(options).map(([key, value]) => [kerasKey(key), value]);
  return {
    module: "keras.optimizers",
    class_name: className,
    config: { name: String(className).toLowerCase(), learning_rate: rate, ...Object.fromEntries(config) },
    registered_name: null,
  };
}

const scalingConfig = (inner: Json, { initialScale, dynamicGrowthSteps }: Config): Json => ({
  name: "loss_scale_optimizer",
  inner_optimizer: inner,
  initial_scale: initialScale,
  dynamic_growth_steps: dynamicGrowthSteps,
});

function kerasRate(rate: unknown): unknown {
  if (!isObject(rate)) return rate ?? undefined;
  const { schedule, args } = rate as { readonly schedule: string; readonly args: readonly unknown[] };
  const known = Object.hasOwn(schedules, schedule) ? schedules[schedule] : undefined;
  if (!known) return undefined;
  const options = Object.entries((args[known.args.length] ?? {}) as Config).map(([key, value]) => [
    kerasKey(key),
    value,
  ]);
  const config = {
    ...Object.fromEntries(known.args.map((key, at) => [key, args[at]])),
    ...Object.fromEntries(options),
  };
  return {
    module: "keras.optimizers.schedules",
    class_name: known.className,
    config: { ...config, name: known.className },
    registered_name: null,
  };
}

/** Undefined where there is a function of the user's among them. */
function kerasNamed(module: string, value: unknown): unknown {
  if (value === null) return module === "keras.losses" ? undefined : null;
  if (typeof value === "string") return kerasKey(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => kerasNamed(module, item));
    return module === "keras.losses" && items.includes(undefined)
      ? undefined
      : items.filter((item) => item !== null);
  }
  const object = value as Config;
  if (typeof object.name !== "string") {
    const items = Object.entries(object).map(([key, item]) => [key, kerasNamed(module, item)] as const);
    return items.some(([, item]) => item === undefined) ? undefined : Object.fromEntries(items);
  }
  const options = Object.entries(object).filter(([key]) => key !== "name");
  return {
    module,
    class_name: kerasClass(object.name),
    config: Object.fromEntries(options.map(([key, item]) => [kerasKey(key), item])),
    registered_name: null,
  };
}
