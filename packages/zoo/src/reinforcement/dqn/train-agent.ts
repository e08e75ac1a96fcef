import { type Callback, DivergedError, History, type Model } from "@hekla/layers";
import { Adam, polynomialDecay } from "@hekla/optim";
import { HostRandom } from "@hekla/tensor";
import type { TrainContext, TrainingReady, TrainOutcome } from "../../model.js";
import { type Transitions, VectorEnvironment } from "../environments/index.js";
import { PrioritizedReplay, type ReplayBatch, ReplayBuffer } from "../replay/index.js";
import { agentEnvironment, agentNetwork } from "./agent.js";
import type { DqnConfig } from "./dqn-config.js";
import { greedyPolicy, meanOf, type Policy, playEpisodes } from "./play-episodes.js";
import { QLearning } from "./q-learning.js";

/** Episodes over which returns of the training are averaged. */
const recentEpisodes = 100;
/** Milliseconds after which signals and timers get their turn. */
const pauseAfter = 50;

const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Where a training begins: at the start, or after epochs that a file has behind it. */
export interface AgentStart {
  readonly network: Model;
  readonly optimizer: Adam;
  readonly initialEpoch: number;
}

/** Steps of all environments that make an epoch. */
const stepsOf = ({ framesPerEpoch, numEnvironments }: DqnConfig) =>
  Math.ceil(framesPerEpoch / numEnvironments);

export const epochsOf = (config: DqnConfig): number =>
  Math.ceil(config.frames / (stepsOf(config) * config.numEnvironments));

/** Adam as the config has it. */
export function agentOptimizer(config: DqnConfig): Adam {
  const { learningRate, schedule, adamEpsilon, globalClipNorm } = config;
  const { frames, learningStarts, trainFrequency, gradientSteps } = config;
  const steps = Math.max(1, Math.floor(((frames - learningStarts) / trainFrequency) * gradientSteps));
  const rate =
    schedule === "linear" ? polynomialDecay(learningRate, steps, { endLearningRate: 0 }) : learningRate;
  return new Adam(rate, {
    epsilon: adamEpsilon,
    ...(globalClipNorm > 0 && { globalClipNorm }),
  });
}

/**
 * Plays and learns: epsilon-greedy steps of all environments go into the replay, and every `trainFrequency`
 * frames the network learns from draws of it.
 */
export class AgentTraining {
  readonly #config: DqnConfig;
  readonly #network: Model;
  readonly #start: AgentStart;
  readonly #callbacks: readonly Callback[];
  readonly #signal: AbortSignal | undefined;
  readonly #environments: VectorEnvironment;
  readonly #exploration: HostRandom;
  readonly #replay: ReplayBuffer;
  readonly #batch: ReplayBatch;
  readonly #learning: QLearning;
  readonly #policy: Policy & { dispose(): void };
  readonly #actions: Int32Array;
  readonly #history = new History();
  /** Returns of the last episodes of the training. */
  readonly #returns: number[] = [];
  #best: { readonly figure: number; readonly weights: readonly Float32Array[] } | undefined;
  #frames: number;
  /** Frames since this training began. */
  #played = 0;
  /** Frames that trainings and copies of the target network are still owed. */
  #untrained = 0;
  #uncopied = 0;
  #steps = 0;
  #losses = { sum: 0, count: 0 };

  constructor({ config, callbacks = [], signal }: TrainContext<DqnConfig>, start: AgentStart) {
    const { seed, numEnvironments: count } = config;
    const { network, initialEpoch } = start;
    this.#config = config;
    this.#start = start;
    this.#network = network;
    this.#callbacks = callbacks;
    this.#signal = signal;
    this.#frames = initialEpoch * stepsOf(config) * count;
    // Those who go on play other episodes than those before them.
    const stream = initialEpoch === 0 ? "environment" : `environment after epoch ${initialEpoch}`;
    const make = () => agentEnvironment(config);
    this.#environments = new VectorEnvironment({ make, count, seed, stream });
    this.#exploration = new HostRandom(seed, "exploration", initialEpoch);
    this.#actions = new Int32Array(count);
    this.#replay = this.#makeReplay();
    this.#batch = this.#replay.createBatch(config.batchSize);
    this.#learning = new QLearning(network, {
      optimizer: start.optimizer,
      ...(config.target !== "none" && { target: agentNetwork(config) }),
      tau: config.target === "soft" ? config.tau : 0,
      double: config.double,
      loss: config.loss,
      errors: config.replay === "prioritized",
    });
    this.#policy = greedyPolicy(network);
  }

  #makeReplay(): ReplayBuffer {
    const { replay, replayCapacity, nSteps, gamma, rewardClip, numEnvironments, seed } = this.#config;
    const { frames, trainFrequency, gradientSteps } = this.#config;
    const [environment] = this.#environments.environments;
    const options = {
      capacity: replayCapacity,
      observationShape: this.#environments.observationShape,
      storage: environment!.binary ? "bits" : "float32",
      environments: numEnvironments,
      steps: nSteps,
      gamma,
      ...(rewardClip > 0 && { rewardClip }),
      seed,
    } as const;
    if (replay === "uniform") return new ReplayBuffer(options);
    return new PrioritizedReplay({
      ...options,
      alpha: this.#config.priorityExponent,
      beta: this.#config.priorityCorrection,
      betaBatches: Math.max(1, (frames / trainFrequency) * gradientSteps),
    });
  }

  /** Epochs and steps, for people. */
  get ready(): TrainingReady {
    const stepsPerEpoch = stepsOf(this.#config);
    return {
      model: this.#network,
      source: `${this.#config.environment}, played anew in each epoch`,
      trainSamples: stepsPerEpoch * this.#config.numEnvironments,
      validationSamples: 0,
      epochs: epochsOf(this.#config),
      stepsPerEpoch,
      initialEpoch: this.#start.initialEpoch,
    };
  }

  get #stopped(): boolean {
    return this.#signal?.aborted === true || this.#network.stopTraining;
  }

  async run(): Promise<TrainOutcome> {
    const { ready } = this;
    const began = performance.now();
    this.#network.stopTraining = false;
    for (const callback of this.#callbacks) callback.setModel?.(this.#network);
    for (const callback of this.#callbacks) await callback.onTrainBegin?.();
    try {
      for (let epoch = ready.initialEpoch; epoch < ready.epochs && !this.#stopped; epoch++) {
        if (!(await this.#epoch(epoch))) break;
      }
    } finally {
      this.#learning.dispose();
      this.#policy.dispose();
    }
    this.#history.stopped = this.#stopped;
    // Who was interrupted goes on from the last network, not from the best.
    if (!this.#stopped) {
      this.#best?.weights.forEach((values, at) => {
        this.#network.weights[at]!.write(values);
      });
    }
    for (const callback of this.#callbacks) await callback.onTrainEnd?.(this.#history);
    const seconds = (performance.now() - began) / 1000;
    return { ...ready, history: this.#history.history, seconds, interrupted: this.#history.stopped };
  }

  /** False when it was ended early. */
  async #epoch(epoch: number): Promise<boolean> {
    const began = performance.now();
    const { stepsPerEpoch: batches } = this.ready;
    const { numEnvironments } = this.#config;
    for (const callback of this.#callbacks) await callback.onEpochBegin?.(epoch);
    this.#losses = { sum: 0, count: 0 };
    let paused = performance.now();
    for (let batch = 0; batch < batches; batch++) {
      if (batch > 0 && this.#stopped) return false;
      for (const callback of this.#callbacks) await callback.onBatchBegin?.(batch);
      this.#step(epoch);
      const now = performance.now();
      if (now - paused > pauseAfter) {
        await pause();
        paused = performance.now();
      }
      if (this.#callbacks.length === 0) continue;
      const samples = (batch + 1) * numEnvironments;
      const secondsPerStep = (now - began) / 1000 / (batch + 1);
      const logs = { ...this.#figures(), batch, batches, samples, secondsPerStep };
      for (const callback of this.#callbacks) await callback.onBatchEnd?.(batch, logs);
    }
    const logs = this.#figures();
    if (this.#config.validationEpisodes > 0) logs["val_return"] = this.#validate();
    for (const callback of this.#callbacks) await callback.onEpochEnd?.(epoch, logs);
    this.#history.record(epoch, logs, (performance.now() - began) / 1000);
    return true;
  }

  #figures(): Record<string, number> {
    const { sum, count } = this.#losses;
    return { loss: sum / count, return: meanOf(this.#returns), epsilon: this.#epsilon };
  }

  get #epsilon(): number {
    const { epsilonStart, epsilonEnd, epsilonFrames } = this.#config;
    return epsilonStart + (epsilonEnd - epsilonStart) * Math.min(this.#frames / epsilonFrames, 1);
  }

  /** One step of all environments, and what learning is due. */
  #step(epoch: number): void {
    const { numEnvironments, learningStarts, trainFrequency, gradientSteps } = this.#config;
    const transitions = this.#environments.step(this.#chooseActions());
    this.#replay.add(transitions);
    this.#noteEnds(transitions);
    this.#frames += numEnvironments;
    this.#played += numEnvironments;
    if (this.#played < learningStarts || this.#replay.size === 0) return;
    for (this.#untrained += numEnvironments; this.#untrained >= trainFrequency; ) {
      this.#untrained -= trainFrequency;
      for (let step = 0; step < gradientSteps; step++) this.#learn(epoch);
    }
    if (this.#config.target !== "hard") return;
    this.#uncopied += numEnvironments;
    if (this.#uncopied < this.#config.targetInterval) return;
    this.#uncopied -= this.#config.targetInterval;
    this.#learning.copyToTarget();
  }

  /** Draws at random with probability epsilon, and asks the network only where somebody needs it. */
  #chooseActions(): Int32Array {
    const { observations, actions: count } = this.#environments;
    const actions = this.#actions;
    const epsilon = this.#epsilon;
    let asks = false;
    for (let index = 0; index < actions.length; index++) {
      const explores = this.#exploration.uniform() < epsilon;
      actions[index] = explores ? this.#exploration.integer(count) : -1;
      asks ||= !explores;
    }
    if (!asks) return actions;
    const greedy = this.#policy(observations);
    for (let index = 0; index < actions.length; index++) {
      if (actions[index] === -1) actions[index] = greedy[index]!;
    }
    return actions;
  }

  #noteEnds({ terminated, truncated, returns }: Transitions): void {
    for (let index = 0; index < returns.length; index++) {
      if (terminated[index] === 0 && truncated[index] === 0) continue;
      this.#returns.push(returns[index]!);
      if (this.#returns.length > recentEpisodes) this.#returns.shift();
    }
  }

  #learn(epoch: number): void {
    this.#replay.sample(this.#batch);
    const { loss, errors } = this.#learning.learn(this.#batch);
    this.#steps += 1;
    if (!Number.isFinite(loss)) throw new DivergedError(epoch, loss, this.#history);
    this.#losses.sum += loss;
    this.#losses.count += 1;
    if (this.#replay instanceof PrioritizedReplay) this.#replay.updatePriorities(this.#batch.indices, errors);
  }

  /** The mean return of greedy episodes; keeps the weights where there were no better ones before. */
  #validate(): number {
    const { validationEpisodes: episodes, testEpsilon: epsilon, seed } = this.#config;
    const make = () => agentEnvironment(this.#config);
    const { returns } = playEpisodes({
      make,
      episodes,
      seed,
      stream: "validation",
      policy: this.#policy,
      epsilon,
    });
    const figure = meanOf(returns);
    if (!this.#best || figure >= this.#best.figure) {
      const weights = this.#network.weights.map((weight) => Float32Array.from(weight.dataSync()));
      this.#best = { figure, weights };
    }
    return figure;
  }
}
