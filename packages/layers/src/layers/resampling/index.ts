export { Cropping1D, Cropping2D, Cropping3D } from "./cropping.js";
export type { Edge, Edges } from "./edge-layer.js";
export type { Interpolation } from "./interpolation.js";
export { UpSampling1D, UpSampling2D, type UpSampling2DOptions, UpSampling3D } from "./up-sampling.js";
export { ZeroPadding1D, ZeroPadding2D, ZeroPadding3D } from "./zero-padding.js";
