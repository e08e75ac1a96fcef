export { dqn } from "./dqn.js";
export type { DqnConfig, DqnSchema } from "./dqn-config.js";
export {
  type EpisodeResults,
  greedyPolicy,
  type PlayEpisodesOptions,
  type Policy,
  playEpisodes,
} from "./play-episodes.js";
export { type LearningStep, QLearning, type QLearningOptions, qTargets } from "./q-learning.js";
export { type QNetworkOptions, qNetwork } from "./q-network.js";
