export { Adam, type AdamOptions, AdamW } from "./adam.js";
export type { ClippingOptions } from "./clipping.js";
export { OptimizerBase, type OptimizerOptions } from "./optimizer-base.js";
export { optimizerFromConfig } from "./optimizer-from-config.js";
export { RMSprop, type RMSpropOptions } from "./rmsprop.js";
export {
  type CosineDecayOptions,
  constant,
  cosineDecay,
  exponentialDecay,
  piecewiseConstant,
  type Schedule,
  type ScheduleConfig,
  scheduleFromConfig,
} from "./schedule.js";
export { SGD, type SGDOptions } from "./sgd.js";
