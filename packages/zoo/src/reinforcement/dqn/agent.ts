import type { Model } from "@hekla/layers";
import { Adam, polynomialDecay } from "@hekla/optim";
import { type Environment, makeEnvironment } from "../environments/index.js";
import { PrioritizedReplay, ReplayBuffer } from "../replay/index.js";
import type { DqnConfig } from "./dqn-config.js";
import { qNetwork } from "./q-network.js";

/** Steps of all environments that make an epoch. */
export const stepsOf = ({ framesPerEpoch, numEnvironments }: DqnConfig): number =>
  Math.ceil(framesPerEpoch / numEnvironments);

export const epochsOf = (config: DqnConfig): number =>
  Math.ceil(config.frames / (stepsOf(config) * config.numEnvironments));

/** Training steps of the whole training, about. */
const trainingSteps = ({ frames, learningStarts, trainFrequency, gradientSteps }: DqnConfig): number =>
  Math.max(1, Math.floor(((frames - learningStarts) / trainFrequency) * gradientSteps));

/** The environment that a config plays. */
export function agentEnvironment({ environment, timeLimit, stickyActions }: DqnConfig): Environment {
  return makeEnvironment(environment, { stickyActions, ...(timeLimit > 0 && { timeLimit }) });
}

/** An untrained network for it. */
export function agentNetwork(config: DqnConfig): Model {
  const { observationShape, actions } = agentEnvironment(config);
  const { units, hiddenLayers, filters, dueling, seed } = config;
  return qNetwork({ observationShape, actions, units, hiddenLayers, filters, dueling, seed });
}

/** Adam as the config has it. */
export function agentOptimizer(config: DqnConfig): Adam {
  const { learningRate, schedule, adamEpsilon, globalClipNorm } = config;
  const steps = trainingSteps(config);
  const rate =
    schedule === "linear" ? polynomialDecay(learningRate, steps, { endLearningRate: 0 }) : learningRate;
  return new Adam(rate, { epsilon: adamEpsilon, ...(globalClipNorm > 0 && { globalClipNorm }) });
}

/** An empty replay. */
export function agentReplay(config: DqnConfig): ReplayBuffer {
  const { replay, replayCapacity, nSteps, gamma, rewardClip, numEnvironments, seed } = config;
  const { observationShape, binary } = agentEnvironment(config);
  const options = {
    capacity: replayCapacity,
    observationShape,
    storage: binary ? "bits" : "float32",
    environments: numEnvironments,
    steps: nSteps,
    gamma,
    ...(rewardClip > 0 && { rewardClip }),
    seed,
  } as const;
  if (replay === "uniform") return new ReplayBuffer(options);
  const { priorityExponent: alpha, priorityCorrection: beta } = config;
  return new PrioritizedReplay({ ...options, alpha, beta, betaBatches: trainingSteps(config) });
}
