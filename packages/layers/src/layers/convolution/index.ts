export * from "./convolution.js";
export * from "./convolution-transpose.js";
export * from "./depthwise-convolution.js";
export * from "./separable-convolution.js";
export {
  type Along,
  type Along1,
  type Along2,
  type Along3,
  type Each,
  SpatialLayer,
  type SpatialOptions,
} from "./spatial-layer.js";
export { type Padding, WindowLayer, type WindowOptions } from "./window-layer.js";
