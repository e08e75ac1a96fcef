export { Adadelta, type AdadeltaOptions } from "./adadelta.js";
export { Adafactor, type AdafactorOptions } from "./adafactor.js";
export { Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adam, type AdamOptions, AdamW } from "./adam.js";
export { Adamax, type AdamaxOptions } from "./adamax.js";
export type { ClippingOptions } from "./clipping.js";
export type { MinimizeProgress, MinimizeResult } from "./descend.js";
export { Ftrl, type FtrlOptions } from "./ftrl.js";
export { LBFGS, type LBFGSOptions, type MinimizeOptions } from "./lbfgs.js";
export { Lion, type LionOptions } from "./lion.js";
export { LossScaleOptimizer, type LossScaleOptions } from "./loss-scale-optimizer.js";
export { Nadam, type NadamOptions } from "./nadam.js";
export { type Now, OptimizerBase } from "./optimizer-base.js";
export { optimizerFromConfig } from "./optimizer-from-config.js";
export {
  type OptimizerOptions,
  PerWeightOptimizer,
  type Rule,
  type Settings,
} from "./per-weight-optimizer.js";
export type { Range } from "./ranges.js";
export { RMSprop, type RMSpropOptions } from "./rmsprop.js";
export {
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  cosineDecay,
  cosineDecayRestarts,
} from "./schedules/cosine-decay.js";
export {
  exponentialDecay,
  inverseTimeDecay,
  type PolynomialDecayOptions,
  piecewiseConstant,
  polynomialDecay,
  type StaircaseOption,
} from "./schedules/decays.js";
export { type LinearWarmupOptions, linearWarmup } from "./schedules/linear-warmup.js";
export { type OneCycleOptions, oneCycle } from "./schedules/one-cycle.js";
export { constant, type Schedule, type ScheduleConfig } from "./schedules/schedule.js";
export { scheduleFromConfig } from "./schedules/schedule-from-config.js";
export { SGD, type SGDOptions } from "./sgd.js";
export type { Slot, SlotGroups, SlotStep } from "./slots.js";
