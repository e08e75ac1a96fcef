export {
  ActivityRegularization,
  type ActivityRegularizationOptions,
} from "./activity-regularization.js";
export { AlphaDropout } from "./alpha-dropout.js";
export { Dropout, type DropoutOptions } from "./dropout.js";
export { GaussianDropout, GaussianNoise } from "./gaussian-noise.js";
export type { RandomOptions } from "./random-layer.js";
export {
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  type SpatialDropoutOptions,
} from "./spatial-dropout.js";
