export { Add } from "./add.js";
export { Average } from "./average.js";
export { Concatenate, type ConcatenateOptions } from "./concatenate.js";
export { Dot, type DotAxes, type DotOptions } from "./dot.js";
export { Maximum, Minimum } from "./extremes.js";
export { Multiply } from "./multiply.js";
export { Subtract } from "./subtract.js";
