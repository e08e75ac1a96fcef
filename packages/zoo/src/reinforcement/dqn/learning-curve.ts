import { lineChart } from "../../plots/index.js";
import type { DqnConfig } from "./dqn-config.js";

/** One value an epoch for every figure; null or NaN where there was none. */
export type LearningHistory = Readonly<Record<string, readonly (number | null)[]>>;

/** Return over frames, as SVG: that of the training's last episodes, and that of the validation's. */
export function learningCurve(config: DqnConfig, history: LearningHistory): string {
  const { environment, framesPerEpoch, numEnvironments, validationEpisodes } = config;
  const frames = Math.ceil(framesPerEpoch / numEnvironments) * numEnvironments;
  const { return: training = [], val_return: validation = [] } = history;
  const line = (values: readonly (number | null)[]) => ({
    x: values.map((_, epoch) => (epoch + 1) * frames),
    y: values.map((value) => value ?? Number.NaN),
  });
  return lineChart({
    title: `${environment}: learning`,
    xLabel: "frames",
    yLabel: "mean return",
    xTick: (value) => (value === 0 ? "0" : `${value / 1000}k`),
    series: [
      { name: "training, last 100 episodes", ...line(training) },
      ...(validation.length > 0
        ? [{ name: `validation, ${validationEpisodes} greedy episodes`, ...line(validation) }]
        : []),
    ],
  });
}

/** Return and length of each episode, as a table. */
export function episodeTable(returns: readonly number[], lengths: readonly number[]): string {
  const rows = returns.map((value, episode) => `${episode},${value},${lengths[episode]}`);
  return `${["episode,return,steps", ...rows].join("\n")}\n`;
}
