export type { ObservationStorage } from "./observation-store.js";
export { PrioritizedReplay, type PrioritizedReplayOptions } from "./prioritized-replay.js";
export { type IntegerArray, type ReplayBatch, replayBatch } from "./replay-batch.js";
export { ReplayBuffer, type ReplayOptions } from "./replay-buffer.js";
