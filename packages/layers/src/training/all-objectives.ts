import { losses } from "../losses/resolve.js";
import { metrics } from "../metrics/resolve.js";
import type { NamedObjectives } from "./named-objectives.js";

/** Losses and metrics of all names: what loads where a name asks for one that not every app links. */
export const allObjectives: NamedObjectives = { losses, metrics };
