import { type ConfigOf, choice, flag, integer, number } from "../../config.js";
import type { Preset } from "../../model.js";
import { environmentIds } from "../environments/index.js";

/** Settings of a deep Q-network's training. */
export const dqnConfig = {
  environment: choice({ default: "CartPole-v1", choices: environmentIds, doc: "What is played." }),
  timeLimit: integer({
    default: 0,
    min: 0,
    doc: "Steps after which an episode is truncated; 0 for the environment's own limit.",
    unit: "steps",
  }),
  stickyActions: number({
    default: 0.1,
    min: 0,
    max: 1,
    doc: "Probability that a game on a grid repeats the last action; MinAtar's is 0.1.",
  }),
  frames: integer({ default: 100_000, min: 1, doc: "Steps of environments, all together.", unit: "frames" }),
  framesPerEpoch: integer({
    default: 4000,
    min: 1,
    doc: "Frames of an epoch, after each of which there is a line of figures and a validation.",
    unit: "frames",
  }),
  numEnvironments: integer({ default: 1, min: 1, doc: "Environments that are played side by side." }),
  learningStarts: integer({
    default: 1000,
    min: 1,
    doc: "Frames that are played before the first training step.",
    unit: "frames",
  }),
  trainFrequency: integer({
    default: 2,
    min: 1,
    doc: "Frames that are played for each training.",
    unit: "frames",
  }),
  gradientSteps: integer({ default: 1, min: 1, doc: "Training steps of each training.", unit: "steps" }),
  batchSize: integer({ default: 64, min: 1, doc: "Transitions a training step.", unit: "transitions" }),
  replay: choice({
    default: "uniform",
    choices: ["uniform", "prioritized"],
    doc: "Whether transitions are drawn alike, or by their last error.",
  }),
  replayCapacity: integer({
    default: 50_000,
    min: 1,
    doc: "Transitions that are kept; then the oldest makes room.",
    unit: "transitions",
  }),
  priorityExponent: number({
    default: 0.6,
    min: 0,
    max: 1,
    doc: "Power of the errors by which prioritized replay draws.",
  }),
  priorityCorrection: number({
    default: 0.4,
    min: 0,
    max: 1,
    doc: "Power of the weights that make up for priorities, at first; it rises to 1 over the training.",
  }),
  nSteps: integer({
    default: 3,
    min: 1,
    doc: "Rewards that a target adds up before it trusts a value.",
    unit: "steps",
  }),
  gamma: number({ default: 0.99, min: 0, max: 1, doc: "Discount a step." }),
  rewardClip: number({
    default: 0,
    min: 0,
    doc: "Rewards are cut to minus and plus this for learning; 0 leaves them as they are.",
  }),
  double: flag({
    default: true,
    doc: "Lets the network choose the next action that the target network rates.",
  }),
  dueling: flag({
    default: false,
    doc: "Puts values together from that of the state and advantages of actions.",
  }),
  loss: choice({
    default: "huber",
    choices: ["huber", "meanSquaredError"],
    doc: "Loss of the errors; Huber's is linear beyond 1.",
  }),
  target: choice({
    default: "hard",
    choices: ["hard", "soft", "none"],
    doc: "Target network: copied now and then, following slowly, or none, so that the network chases itself.",
  }),
  targetInterval: integer({
    default: 500,
    min: 1,
    doc: "Frames between copies to a hard target network.",
    unit: "frames",
  }),
  tau: number({
    default: 0.005,
    above: 0,
    max: 1,
    doc: "Share by which a soft target network follows at each training step.",
  }),
  learningRate: number({ default: 0.001, above: 0, doc: "Adam's learning rate." }),
  schedule: choice({
    default: "linear",
    choices: ["linear", "constant"],
    doc: "Whether the learning rate falls to zero over the training, or stays.",
  }),
  adamEpsilon: number({ default: 1e-7, above: 0, doc: "Adam's epsilon, added to the root." }),
  globalClipNorm: number({
    default: 10,
    min: 0,
    doc: "Gradients are scaled down together to at most this norm; 0 leaves them as they are.",
  }),
  epsilonStart: number({ default: 1, min: 0, max: 1, doc: "Probability of a random action at first." }),
  epsilonEnd: number({ default: 0.04, min: 0, max: 1, doc: "Probability of a random action in the end." }),
  epsilonFrames: integer({
    default: 10_000,
    min: 1,
    doc: "Frames over which it falls, along a line.",
    unit: "frames",
  }),
  units: integer({ default: 64, min: 1, doc: "Units of each dense layer." }),
  hiddenLayers: integer({
    default: 2,
    min: 0,
    max: 8,
    doc: "Dense layers before the values.",
    unit: "layers",
  }),
  filters: integer({ default: 16, min: 1, doc: "3x3 filters of the convolution, for games on a grid." }),
  validationEpisodes: integer({
    default: 20,
    min: 0,
    doc: "Greedy episodes of own seeds after each epoch; the best network is kept, with 0 the last.",
    unit: "episodes",
  }),
  testEpisodes: integer({ default: 100, min: 1, doc: "Episodes of an evaluation.", unit: "episodes" }),
  testEpsilon: number({
    default: 0,
    min: 0,
    max: 1,
    doc: "Probability of a random action in validation and evaluation.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Weights, episodes, exploration and draws from the replay follow from it.",
  }),
};

export type DqnSchema = typeof dqnConfig;
export type DqnConfig = ConfigOf<DqnSchema>;

/** MinAtar's games by its rules: sticky actions, difficulty ramping, only the actions that do something. */
const grid = {
  timeLimit: 5000,
  frames: 1_000_000,
  framesPerEpoch: 20_000,
  numEnvironments: 8,
  learningStarts: 5000,
  trainFrequency: 8,
  batchSize: 32,
  replayCapacity: 100_000,
  targetInterval: 4000,
  learningRate: 5e-4,
  adamEpsilon: 1.5e-4,
  epsilonEnd: 0.01,
  epsilonFrames: 100_000,
  units: 128,
  hiddenLayers: 1,
} satisfies Partial<DqnConfig>;

const soft = {
  frames: 50_000,
  framesPerEpoch: 2000,
  double: false,
  target: "soft",
  tau: 0.01,
  schedule: "constant",
} satisfies Partial<DqnConfig>;

/** Settings by task. */
export const dqnPresets = {
  default: {
    doc: "CartPole-v1 over 100 000 frames; double Q-learning, three-step targets.",
    values: {},
  },
  acrobot: {
    doc: "Acrobot-v1 over 50 000 frames, with a soft target network and without double Q-learning.",
    values: { ...soft, environment: "Acrobot-v1" },
  },
  mountainCar: {
    doc: "MountainCar-v0 over 60 000 frames, likewise; actions at random grow rarer over half of them.",
    values: { ...soft, environment: "MountainCar-v0", frames: 60_000, epsilonFrames: 30_000 },
  },
  breakout: {
    doc: "MinAtar's Breakout from pixels over a million frames.",
    values: { ...grid, environment: "MinAtar/Breakout-v1" },
  },
  spaceInvaders: {
    doc: "MinAtar's Space Invaders from pixels, likewise.",
    values: { ...grid, environment: "MinAtar/SpaceInvaders-v1" },
  },
  freeway: {
    doc: "MinAtar's Freeway from pixels, likewise.",
    values: { ...grid, environment: "MinAtar/Freeway-v1" },
  },
  asterix: {
    doc: "MinAtar's Asterix from pixels, likewise.",
    values: { ...grid, environment: "MinAtar/Asterix-v1" },
  },
  start: {
    doc: "A first look within half a minute: CartPole-v1 over 20 000 frames with a smaller network.",
    values: {
      frames: 20_000,
      framesPerEpoch: 1000,
      learningStarts: 500,
      trainFrequency: 1,
      batchSize: 32,
      learningRate: 0.002,
      epsilonFrames: 5000,
      units: 32,
    },
  },
} satisfies Readonly<Record<string, Preset<DqnSchema>>>;
