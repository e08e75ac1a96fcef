import { DataError } from "@hekla/tensor";
import { Adadelta } from "./adadelta.js";
import { Adafactor } from "./adafactor.js";
import { Adagrad } from "./adagrad.js";
import { Adam, AdamW } from "./adam.js";
import { Adamax } from "./adamax.js";
import { Ftrl } from "./ftrl.js";
import { LBFGS } from "./lbfgs.js";
import { Lion } from "./lion.js";
import { LossScaleOptimizer, type LossScaleOptions } from "./loss-scale-optimizer.js";
import { Nadam } from "./nadam.js";
import type { OptimizerBase } from "./optimizer-base.js";
import { RMSprop } from "./rmsprop.js";
import type { Schedule, ScheduleConfig } from "./schedules/schedule.js";
import { scheduleFromConfig } from "./schedules/schedule-from-config.js";
import { SGD } from "./sgd.js";

// A closed registry: names in saved files choose among these and nothing else. Each constructor checks the
// options it is given.
const classes: Readonly<Record<string, new (rate: number | Schedule, options: never) => OptimizerBase>> = {
  SGD,
  RMSprop,
  Adam,
  AdamW,
  Adamax,
  Nadam,
  Adagrad,
  Adadelta,
  Adafactor,
  Ftrl,
  Lion,
  LBFGS,
};

type Config = Readonly<Record<string, unknown>>;

/**
 * The optimizer that a config (of `getConfig`, kept in saved files) describes, without its state.
 * @throws DataError for a class that is not one of this package, or a schedule that is a function of the
 *   user's
 */
export function optimizerFromConfig(config: Readonly<Record<string, unknown>>): OptimizerBase {
  const { className, learningRate, ...options } = config;
  if (className === "LossScaleOptimizer") {
    const { innerOptimizer, ...own } = options;
    return new LossScaleOptimizer(optimizerFromConfig(innerOptimizer as Config), own as LossScaleOptions);
  }
  const Class =
    typeof className === "string" && Object.hasOwn(classes, className) ? classes[className] : undefined;
  if (!Class) {
    const known = [...Object.keys(classes), "LossScaleOptimizer"].join(", ");
    throw new DataError(
      `optimizerFromConfig: unknown optimizer, got "${className}", expected one of ${known}`,
    );
  }
  if (learningRate === null || learningRate === undefined) {
    throw new DataError(
      `optimizerFromConfig: the schedule of ${className} was not saved, got none, expected one ` +
        "made by a function of @hekla/optim; make the optimizer yourself",
    );
  }
  const rate =
    typeof learningRate === "number" ? learningRate : scheduleFromConfig(learningRate as ScheduleConfig);
  return new Class(rate, options as never);
}
