export { AdditiveAttention, type AdditiveAttentionOptions } from "./additive-attention.js";
export { Attention, type AttentionCall, type AttentionOptions } from "./attention.js";
export {
  MultiHeadAttention,
  type MultiHeadAttentionCall,
  type MultiHeadAttentionOptions,
} from "./multi-head-attention.js";
