import { type Callback, DivergedError, History, type Model, Pauses } from "@hekla/layers";
import type { Adam } from "@hekla/optim";
import { HostRandom } from "@hekla/tensor";
import type { TrainContext, TrainingReady, TrainOutcome } from "../../model.js";
import { type Transitions, VectorEnvironment } from "../environments/index.js";
import { PrioritizedReplay, type ReplayBatch, type ReplayBuffer } from "../replay/index.js";
import { agentEnvironment, agentNetwork, agentReplay, epochsOf, stepsOf } from "./agent.js";
import {
  type AgentProgress,
  type BestWeights,
  base64Of,
  bytesOf,
  floatsOf,
  setWeights,
  weightsOf,
} from "./agent-progress.js";
import type { DqnConfig } from "./dqn-config.js";
import { greedyPolicy, meanOf, type Policy, playEpisodes } from "./play-episodes.js";
import { QLearning } from "./q-learning.js";

/** Episodes over which returns of the training are averaged. */
const recentEpisodes = 100;

/** What a training begins with, or goes on from. */
export interface AgentStart {
  readonly network: Model;
  readonly optimizer: Adam;
  readonly progress?: AgentProgress | undefined;
}

/**
 * Plays and learns: epsilon-greedy steps of all environments go into the replay, and every `trainFrequency`
 * frames the network learns from draws of it.
 */
export class AgentTraining {
  readonly #config: DqnConfig;
  readonly #network: Model;
  readonly #target: Model | undefined;
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
  /** Returns of the last episodes. */
  #returns: number[] = [];
  #best: BestWeights | undefined;
  #counts = { frames: 0, untrained: 0, uncopied: 0, losses: 0, lossSum: 0 };
  /** The epoch in progress, and its steps so far. */
  #epoch = 0;
  #step = 0;

  constructor({ config, callbacks = [], signal }: TrainContext<DqnConfig>, start: AgentStart) {
    const { seed, numEnvironments: count } = config;
    const { network, optimizer, progress } = start;
    this.#config = config;
    this.#network = network;
    this.#callbacks = callbacks;
    this.#signal = signal;
    const make = () => agentEnvironment(config);
    this.#environments = new VectorEnvironment({ make, count, seed });
    this.#exploration = new HostRandom(seed, "exploration");
    this.#actions = new Int32Array(count);
    this.#replay = agentReplay(config);
    this.#batch = this.#replay.createBatch(config.batchSize);
    this.#target = config.target === "none" ? undefined : agentNetwork(config);
    this.#learning = new QLearning(network, {
      optimizer,
      ...(this.#target && { target: this.#target }),
      tau: config.target === "soft" ? config.tau : 0,
      double: config.double,
      loss: config.loss,
      errors: config.replay === "prioritized",
    });
    this.#policy = greedyPolicy(network);
    if (progress) this.#goOn(progress);
  }

  #goOn(progress: AgentProgress): void {
    const { epoch, step, counts, returns, explored, environments, replay, target, best } = progress;
    [this.#epoch, this.#step] = [epoch, step];
    this.#counts = { ...counts };
    this.#returns = [...returns];
    this.#exploration.counter = explored;
    this.#environments.restoreState(environments);
    this.#replay.restore(bytesOf(replay));
    if (this.#target) setWeights(this.#target, target.map(floatsOf));
    this.#best = best && { figure: best.figure, weights: best.weights.map(floatsOf) };
  }

  /** What `goOn` takes. */
  async #progress(): Promise<AgentProgress> {
    const best = this.#best;
    return {
      epoch: this.#epoch,
      step: this.#step,
      counts: this.#counts,
      returns: this.#returns,
      explored: this.#exploration.counter,
      environments: this.#environments.saveState(),
      replay: base64Of(this.#replay.toBytes()),
      target: this.#target ? (await weightsOf(this.#target)).map(base64Of) : [],
      ...(best && { best: { figure: best.figure, weights: best.weights.map(base64Of) } }),
    };
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
      initialEpoch: this.#epoch,
      initialStep: this.#step,
    };
  }

  get #stopped(): boolean {
    return this.#signal?.aborted === true || this.#network.stopTraining;
  }

  /** Trains; of a training that was interrupted there is its progress, too. */
  async run(): Promise<{ readonly outcome: TrainOutcome; readonly progress?: AgentProgress }> {
    const { ready } = this;
    const began = performance.now();
    this.#network.stopTraining = false;
    for (const callback of this.#callbacks) callback.setModel?.(this.#network);
    for (const callback of this.#callbacks) await callback.onTrainBegin?.();
    try {
      while (this.#epoch < ready.epochs && !this.#stopped) await this.#runEpoch(ready.stepsPerEpoch);
      const interrupted = this.#stopped;
      const progress = interrupted ? await this.#progress() : undefined;
      // Who was interrupted goes on from the last network, not from the best.
      if (!interrupted && this.#best) setWeights(this.#network, this.#best.weights);
      this.#history.stopped = interrupted;
      for (const callback of this.#callbacks) await callback.onTrainEnd?.(this.#history);
      const { history } = this.#history;
      const outcome = { ...ready, history, seconds: (performance.now() - began) / 1000, interrupted };
      return { outcome, ...(progress && { progress }) };
    } finally {
      this.#learning.dispose();
      this.#policy.dispose();
    }
  }

  /** An epoch, or what is left of it, unless training is ended meanwhile. */
  async #runEpoch(batches: number): Promise<void> {
    const began = performance.now();
    const { numEnvironments, validationEpisodes } = this.#config;
    const epoch = this.#epoch;
    const first = this.#step;
    for (const callback of this.#callbacks) await callback.onEpochBegin?.(epoch);
    const pauses = new Pauses();
    while (this.#step < batches) {
      if (this.#step > first && this.#stopped) return;
      const batch = this.#step;
      for (const callback of this.#callbacks) await callback.onBatchBegin?.(batch);
      await this.#playStep();
      this.#step += 1;
      if (pauses.due()) await pauses.take();
      if (this.#callbacks.length === 0) continue;
      const samples = this.#step * numEnvironments;
      const secondsPerStep = (performance.now() - began) / 1000 / (this.#step - first);
      const logs = { ...this.#figures(), batch, batches, samples, secondsPerStep };
      for (const callback of this.#callbacks) await callback.onBatchEnd?.(batch, logs);
    }
    const logs = this.#figures();
    if (validationEpisodes > 0) logs["val_return"] = await this.#validate();
    for (const callback of this.#callbacks) await callback.onEpochEnd?.(epoch, logs);
    this.#history.record(epoch, logs, (performance.now() - began) / 1000);
    Object.assign(this.#counts, { losses: 0, lossSum: 0 });
    [this.#epoch, this.#step] = [epoch + 1, 0];
  }

  #figures(): Record<string, number> {
    const { losses, lossSum } = this.#counts;
    return { loss: lossSum / losses, return: meanOf(this.#returns), epsilon: this.#epsilon };
  }

  get #epsilon(): number {
    const { epsilonStart, epsilonEnd, epsilonFrames } = this.#config;
    return epsilonStart + (epsilonEnd - epsilonStart) * Math.min(this.#counts.frames / epsilonFrames, 1);
  }

  /** One step of all environments, and what learning is due. */
  async #playStep(): Promise<void> {
    const { numEnvironments, learningStarts, trainFrequency, gradientSteps, target } = this.#config;
    const counts = this.#counts;
    const transitions = this.#environments.step(await this.#chooseActions());
    this.#replay.add(transitions);
    this.#noteEnds(transitions);
    counts.frames += numEnvironments;
    if (counts.frames < learningStarts || this.#replay.size === 0) return;
    for (counts.untrained += numEnvironments; counts.untrained >= trainFrequency; ) {
      counts.untrained -= trainFrequency;
      for (let step = 0; step < gradientSteps; step++) await this.#learn();
    }
    counts.uncopied += numEnvironments;
    if (target !== "hard" || counts.uncopied < this.#config.targetInterval) return;
    counts.uncopied = 0;
    this.#learning.copyToTarget();
  }

  /** Draws at random with probability epsilon, and asks the network only where somebody needs it. */
  async #chooseActions(): Promise<Int32Array> {
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
    const greedy = await this.#policy(observations);
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

  async #learn(): Promise<void> {
    this.#replay.sample(this.#batch);
    const { loss, errors } = await this.#learning.learn(this.#batch);
    if (!Number.isFinite(loss)) throw new DivergedError(this.#epoch, loss, this.#history);
    this.#counts.lossSum += loss;
    this.#counts.losses += 1;
    if (this.#replay instanceof PrioritizedReplay) this.#replay.updatePriorities(this.#batch.indices, errors);
  }

  /** The mean return of greedy episodes; keeps the weights where there were no better ones before. */
  async #validate(): Promise<number> {
    const { validationEpisodes: episodes, testEpsilon: epsilon, seed } = this.#config;
    const make = () => agentEnvironment(this.#config);
    const { returns } = await playEpisodes({
      make,
      episodes,
      seed,
      stream: "validation",
      policy: this.#policy,
      epsilon,
    });
    const figure = meanOf(returns);
    if (!this.#best || figure >= this.#best.figure)
      this.#best = { figure, weights: await weightsOf(this.#network) };
    return figure;
  }
}
