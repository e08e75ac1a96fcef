export { Acrobot } from "./acrobot.js";
export { Asterix } from "./asterix.js";
export { Breakout } from "./breakout.js";
export { CartPole } from "./cart-pole.js";
export type { Environment, EnvironmentRandom, EnvironmentState, StepOutcome } from "./environment.js";
export { type EpisodeAnimationOptions, episodeAnimation, episodePicture } from "./episode-animation.js";
export {
  type EpisodeRecording,
  episodeFrame,
  type RecordEpisodeOptions,
  readEpisode,
  recordEpisode,
} from "./episode-recording.js";
export { Freeway } from "./freeway.js";
export type { GridAction, GridGameOptions } from "./grid-game.js";
export {
  type EnvironmentId,
  type EnvironmentOptions,
  environmentIds,
  makeEnvironment,
} from "./make-environment.js";
export { MountainCar } from "./mountain-car.js";
export { SpaceInvaders } from "./space-invaders.js";
export {
  type FloatArray,
  type Transitions,
  VectorEnvironment,
  type VectorEnvironmentOptions,
  type VectorEnvironmentState,
} from "./vector-environment.js";
