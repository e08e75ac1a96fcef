export type { AdaptBatches } from "./adapt-data.js";
export {
  type AffineInterpolation,
  type AffineMatrix,
  type AffineTransformOptions,
  affineRotation,
  affineTransform,
  affineTranslation,
  affineZoom,
  type FillMode,
} from "./affine-transform.js";
export {
  CategoryEncoding,
  type CategoryEncodingCall,
  type CategoryEncodingOptions,
  type CategoryMode,
} from "./category-encoding.js";
export { IntegerLookup, type IntegerLookupOptions } from "./integer-lookup.js";
export type { LookupLayerOptions } from "./lookup-layer.js";
export { type AdaptBatch, Normalization, type NormalizationOptions } from "./normalization.js";
export { type FlipMode, RandomFlip } from "./random-flip.js";
export type { Factor, RandomAffineOptions, RandomImageOptions } from "./random-image-layer.js";
export { RandomRotation } from "./random-rotation.js";
export { RandomTranslation } from "./random-translation.js";
export { RandomZoom, type RandomZoomOptions } from "./random-zoom.js";
export { Rescaling, type RescalingOptions } from "./rescaling.js";
export { StringLookup, type StringLookupOptions } from "./string-lookup.js";
export {
  registerSplitting,
  registerStandardization,
  type SavedFunction,
  type Splitting,
  type Standardization,
  type TextChoice,
} from "./text-functions.js";
export { TextVectorization, type TextVectorizationOptions } from "./text-vectorization.js";
export type { TokenRows } from "./token-rows.js";
export type { LookupMode, LookupOptions, Token } from "./vocabulary-table.js";
