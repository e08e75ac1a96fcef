export { Flatten, type FlattenOptions } from "./flatten.js";
export { Reshape } from "./reshape.js";
