import { type Model, modelFromBytes } from "@hekla/layers";
import { DataError, HostRandom } from "@hekla/tensor";
import { integer, number } from "../../config.js";
import type { EvaluateContext, EvaluateOutcome, TaskModel, TrainContext, TrainOutcome } from "../../model.js";
import { keepConfig } from "../../train-network.js";
import { type EpisodeRecording, episodeAnimation, recordEpisode } from "../environments/index.js";
import { agentEnvironment, agentNetwork, agentOptimizer, epochsOf } from "./agent.js";
import type { AgentProgress } from "./agent-progress.js";
import { type DqnConfig, type DqnSchema, dqnConfig, dqnPresets } from "./dqn-config.js";
import { episodeTable, type LearningHistory, learningCurve } from "./learning-curve.js";
import { deviationOf, greedyPolicy, meanOf, playEpisodes } from "./play-episodes.js";
import { AgentTraining } from "./train-agent.js";

const options = {
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Number of the episode, from which its start and its chances follow.",
  }),
  epsilon: number({ default: 0, min: 0, max: 1, doc: "Probability of a random action." }),
  steps: integer({ default: 2000, min: 1, doc: "Most steps that are played.", unit: "steps" }),
};
/** Of the episodes of evaluations, whatever a training was seeded with; settings were picked on others. */
const testSeed = 1000;
/** Frames of an animation; a longer episode shows its beginning. */
const animatedFrames = 600;

/**
 * Deep Q-learning: a network that rates actions plays, keeps what it sees in a replay, and learns from draws
 * of it towards `r + gamma max Q'`, with Q' of a target network. Switches: double, dueling, prioritized
 * replay, n-step targets, target network, loss.
 * Source: Mnih et al. 2015, and the papers that the switches name.
 */
export const dqn: TaskModel<DqnSchema, typeof options> = {
  id: "dqn",
  title: "Deep Q-network",
  doc: "An agent learns to balance a pole, or to play small arcade games from pixels, by trial and error.",
  published: "",
  samples: "frames",
  headline: ["return", "returnSd", "randomReturn"],
  config: dqnConfig,
  presets: dqnPresets,
  build: agentNetwork,
  train,
  evaluate,
  predict: {
    kind: "task",
    doc: "Plays an episode, and writes it down as JSON and as an animated picture.",
    options,
    async run({ model, config, options: { seed, epsilon, steps } }) {
      const recording = await record(model, config, { episode: seed, epsilon, steps });
      const { return: sum, actions, terminated, truncated } = recording;
      const end = terminated ? "terminated" : truncated ? "truncated" : "still going on";
      return {
        text: `${config.environment}, episode ${seed}: return ${sum} in ${actions.length} steps, ${end}`,
        json: {
          environment: config.environment,
          seed,
          return: sum,
          steps: actions.length,
          terminated,
          truncated,
        },
        artifacts: recordingArtifacts(recording),
      };
    },
  },
};

async function train(context: TrainContext<DqnConfig>): Promise<TrainOutcome> {
  const { config, resume } = context;
  const network = agentNetwork(config);
  const optimizer = agentOptimizer(config);
  network.compile({ optimizer, loss: config.loss }); // so that files keep Adam's state
  keepConfig(network, dqn.id, config);
  const earlier = resume ? await goOn(network, resume, config) : undefined;
  const training = new AgentTraining(context, { network, optimizer, progress: earlier?.progress });
  context.onReady?.(training.ready);
  const { outcome, progress } = await training.run();
  const rows = Object.entries(outcome.history).map(([name, values]) => [
    name,
    [...(earlier?.history[name] ?? []), ...values],
  ]);
  const history = rows.length > 0 ? Object.fromEntries(rows) : (earlier?.history ?? {});
  network.attachments = { ...network.attachments, history, ...(progress && { progress }) };
  return outcome;
}

/** Takes over what the file of a training that was interrupted holds. */
async function goOn(
  network: Model,
  { bytes, source }: NonNullable<TrainContext<DqnConfig>["resume"]>,
  config: DqnConfig,
): Promise<{ readonly history: LearningHistory; readonly progress: AgentProgress }> {
  await network.restore(bytes, { source });
  const kept = await modelFromBytes(bytes, { source });
  const history = historyOf(kept);
  const progress = kept.attachments["progress"] as AgentProgress | undefined; // cast: written by `train`
  kept.dispose();
  if (progress && progress.epoch < epochsOf(config)) return { history, progress };
  throw new DataError(
    `resume: ${source} is done, got ${history["loss"]?.length ?? 0} finished epochs and no state of a ` +
      `training, expected the file of one that was interrupted, with less than ${epochsOf(config)} epochs`,
  );
}

/** What a training left in the model's file. */
const historyOf = (network: Model): LearningHistory =>
  (network.attachments["history"] ?? {}) as LearningHistory; // cast: written by `train`

/** The return over episodes of fixed seeds, beside that of random actions in the same episodes. */
async function evaluate({ model, config }: EvaluateContext<DqnConfig>): Promise<EvaluateOutcome> {
  const { environment, testEpisodes: episodes, testEpsilon: epsilon } = config;
  const test = { make: () => agentEnvironment(config), episodes, seed: testSeed, stream: "test" };
  const random = await playEpisodes(test);
  const policy = greedyPolicy(model);
  const began = performance.now();
  const { returns, lengths, truncated } = await playEpisodes({ ...test, policy, epsilon });
  const seconds = (performance.now() - began) / 1000;
  policy.dispose();
  const samples = lengths.reduce((sum, length) => sum + length, 0);
  const recording = await record(model, config, { episode: 0, epsilon, steps: 2000 });
  const history = historyOf(model);
  const figures = {
    return: meanOf(returns),
    returnSd: deviationOf(returns),
    returnMin: Math.min(...returns),
    returnMax: Math.max(...returns),
    randomReturn: meanOf(random.returns),
    length: samples / episodes,
    truncated: meanOf(truncated.map(Number)),
    episodes,
  };
  return {
    source: `${environment}, ${episodes} episodes, ${epsilon === 0 ? "greedy" : `epsilon ${epsilon}`}`,
    samples,
    metrics: figures,
    seconds,
    text:
      `returns from ${figures.returnMin} to ${figures.returnMax}, ` +
      `${figures.length.toFixed(1)} steps an episode, ` +
      `${truncated.filter(Boolean).length} of ${episodes} truncated`,
    artifacts: [
      ...(history["loss"]
        ? [{ name: "learning-curve.svg", doc: "return over frames", content: learningCurve(config, history) }]
        : []),
      {
        name: "episodes.csv",
        doc: "return and length of each episode",
        content: episodeTable(returns, lengths),
      },
      ...recordingArtifacts(recording),
    ],
  };
}

/** Episode `episode` of the evaluation's, or one more of that kind. */
async function record(
  model: Model,
  config: DqnConfig,
  { episode, epsilon, steps }: { readonly episode: number; readonly epsilon: number; readonly steps: number },
): Promise<EpisodeRecording> {
  const policy = greedyPolicy(model);
  const environment = agentEnvironment(config);
  const explorer = new HostRandom(testSeed, "test exploration", episode);
  try {
    return await recordEpisode({
      environment,
      random: new HostRandom(testSeed, "test", episode),
      mostSteps: steps,
      act: async (observation) =>
        epsilon > 0 && explorer.uniform() < epsilon
          ? explorer.integer(environment.actions)
          : (await policy({ data: observation, shape: [1, ...environment.observationShape] }))[0]!,
    });
  } finally {
    policy.dispose();
  }
}

const recordingArtifacts = (recording: EpisodeRecording) => [
  { name: "episode.json", doc: "an episode, frame by frame", content: JSON.stringify(recording) },
  {
    name: "episode.svg",
    doc: "the episode as an animated picture",
    content: episodeAnimation(recording, { mostFrames: animatedFrames }),
  },
];
