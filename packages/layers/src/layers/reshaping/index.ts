export { Flatten, type FlattenOptions } from "./flatten.js";
export { Permute } from "./permute.js";
export { RepeatVector } from "./repeat-vector.js";
export { Reshape } from "./reshape.js";
