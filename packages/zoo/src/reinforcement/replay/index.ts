export type { KeptArray } from "./array-bytes.js";
export type { ObservationStorage } from "./observation-store.js";
export { PrioritizedReplay, type PrioritizedReplayOptions } from "./prioritized-replay.js";
export { type IntegerArray, type ReplayBatch, replayBatch } from "./replay-batch.js";
export { type KeptReplay, ReplayBuffer, type ReplayOptions } from "./replay-buffer.js";
