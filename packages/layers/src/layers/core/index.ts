export { Dense } from "./dense.js";
export { Embedding, type EmbeddingOptions } from "./embedding.js";
export { Identity } from "./identity.js";
export { Input, type InputOptions } from "./input.js";
export { Lambda, type LambdaOptions } from "./lambda.js";
export { Masking, type MaskingOptions } from "./masking.js";
export { input } from "./symbolic-input.js";
