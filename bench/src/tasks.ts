import { WORK_SETTINGS } from "./cases.js";
import { measureComparison } from "./comparison.js";
import { BANDWIDTH_TITLE, measureBandwidth } from "./measures/bandwidth-run.js";
import { BUNDLE_TITLE, measureBundle } from "./measures/bundle-run.js";
import { measureProducts, PRODUCTS_TITLE } from "./measures/products-run.js";
import { SCALE_AXES } from "./measures/scale-axes.js";
import { measureScale } from "./measures/scale-run.js";
import { measureStartup, STARTUP_TITLE } from "./measures/startup-run.js";
import { MEMORY_TITLE, measureMemory } from "./memory-run.js";
import type { Result } from "./results.js";
import type { Settings } from "./settings.js";
import type { WorkName } from "./works.js";

/** Something that the command can measure. */
export interface Task {
  name: string;
  title: string;
  measure: (settings: Settings) => Promise<Result>;
}

/** Every task, in the order of the report. */
export const TASKS: readonly Task[] = [
  ...(Object.keys(WORK_SETTINGS) as WorkName[]).map((name) => ({
    name,
    title: WORK_SETTINGS[name].title,
    measure: (settings: Settings) => measureComparison(name, settings),
  })),
  { name: "products", title: PRODUCTS_TITLE, measure: measureProducts },
  ...SCALE_AXES.map((axis) => ({
    name: axis.name,
    title: axis.title,
    measure: (settings: Settings) => measureScale(axis, settings),
  })),
  { name: "bandwidth", title: BANDWIDTH_TITLE, measure: measureBandwidth },
  { name: "startup", title: STARTUP_TITLE, measure: measureStartup },
  { name: "memory", title: MEMORY_TITLE, measure: measureMemory },
  { name: "bundle", title: BUNDLE_TITLE, measure: measureBundle },
];

/** Tasks that are measured together, by the beginning of their names. */
export const FAMILIES: Readonly<Record<string, string>> = {
  si650: "the four sentiment networks, one after the other",
};

/** The tasks of a family, or all of them. */
export function tasksOf(family: string): readonly Task[] {
  return family === "all" ? TASKS : TASKS.filter(({ name }) => name.startsWith(`${family}-`));
}
