export type { AffineOptions } from "./affine-normalization.js";
export { BatchNormalization, type BatchNormalizationOptions } from "./batch-normalization.js";
export { GroupNormalization, type GroupNormalizationOptions } from "./group-normalization.js";
export { LayerNormalization, type LayerNormalizationOptions } from "./layer-normalization.js";
export { RMSNormalization, type RMSNormalizationOptions } from "./rms-normalization.js";
export { SpectralNormalization, type SpectralNormalizationOptions } from "./spectral-normalization.js";
export { UnitNormalization, type UnitNormalizationOptions } from "./unit-normalization.js";
