import { DataError } from "@hekla/tensor";
import { Adam, type AdamOptions, AdamW } from "./adam.js";
import type { OptimizerBase } from "./optimizer-base.js";
import { RMSprop, type RMSpropOptions } from "./rmsprop.js";
import { type Schedule, type ScheduleConfig, scheduleFromConfig } from "./schedule.js";
import { SGD, type SGDOptions } from "./sgd.js";

type AllOptions = AdamOptions & RMSpropOptions & SGDOptions;

const classes: Readonly<Record<string, new (rate: number | Schedule, options: AllOptions) => OptimizerBase>> =
  {
    SGD,
    RMSprop,
    Adam,
    AdamW,
  };

/**
 * The optimizer that a config (of `getConfig`, kept in saved files) describes, without its state.
 * @throws DataError for a class that is not one of this package, or a schedule that is a function of the user's
 */
export function optimizerFromConfig(config: Readonly<Record<string, unknown>>): OptimizerBase {
  const { className, learningRate, ...options } = config;
  const Class =
    typeof className === "string" && Object.hasOwn(classes, className) ? classes[className] : undefined;
  if (!Class) {
    const known = Object.keys(classes).join(", ");
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
  return new Class(rate, options);
}
