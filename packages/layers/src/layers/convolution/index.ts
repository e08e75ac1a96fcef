export { Conv2D, type Conv2DOptions } from "./conv2d.js";
export { type Padding, SpatialLayer, type SpatialOptions } from "./spatial-layer.js";
