import type { HostArray } from "@hekla/tensor";
import { loadDigits, loadTestDigits } from "../digits/digits-data.js";
import type { EvaluateContext, EvaluateOutcome } from "../model.js";
import { classShares, DigitScorer, totalVariation } from "./digit-scorer.js";
import { frechetDistance, gaussianOf, variance } from "./frechet-distance.js";
import type { GanConfig } from "./gan.js";
import { drawPictures, ganRecordOf, latentPoints } from "./gan-film.js";
import { healthWarnings } from "./gan-health.js";
import { samplerOf } from "./gan-network.js";
import { ganArtifacts } from "./gan-report.js";
import { latentWays } from "./latent-ways.js";

/**
 * Frechet distance of drawn digits to the test digits, beside that of as many training digits (the floor), and how the
 * classes are spread, both by the scorer's eyes; warnings; pictures.
 */
export async function evaluateGan({
  model,
  data,
  config,
}: EvaluateContext<GanConfig>): Promise<EvaluateOutcome> {
  const { scorer: file, scorerEpochs, limit, latent, seed } = config;
  const { test, source } = await loadTestDigits(data);
  const { train } = await loadDigits(data, limit);
  const count = Math.min(config.frechetSamples, test.x.shape[0]!, train.x.shape[0]!);
  const record = ganRecordOf(model);
  const sampler = samplerOf(model);
  const scorer = await DigitScorer.make(data, { file, epochs: scorerEpochs, limit });
  try {
    const started = performance.now();
    const pictures = await drawPictures(sampler, latentPoints(count, latent, seed, "evaluate"));
    const seen = {
      drawn: await scorer.score(pictures),
      real: await scorer.score(firstPictures(test.x, count)),
      train: await scorer.score(firstPictures(train.x, count)),
    };
    const moments = {
      drawn: gaussianOf(seen.drawn.features),
      real: gaussianOf(seen.real.features),
      train: gaussianOf(seen.train.features),
    };
    const distance = frechetDistance(moments.drawn, moments.real);
    const floor = frechetDistance(moments.train, moments.real);
    const seconds = (performance.now() - started) / 1000;
    const [drawn, real] = [classShares(seen.drawn.classes), classShares(seen.real.classes)];
    const featureVariance = variance(moments.drawn) / variance(moments.real);
    const health = { history: record.history, settings: config, drawn, real, featureVariance };
    const warnings = healthWarnings(health);
    const accuracy = await scorer.accuracy(data);
    const last = (name: string) => record.history[name]?.at(-1) ?? Number.NaN;
    const ways = await drawPictures(sampler, latentWays(10, latent, seed));
    return {
      source,
      samples: count,
      metrics: {
        frechetDistance: distance,
        frechetFloor: floor,
        frechetRatio: distance / floor,
        classDistance: totalVariation(drawn, real),
        classFloor: totalVariation(classShares(seen.train.classes), real),
        featureVariance,
        scorerAccuracy: accuracy,
        discriminatorLoss: last("discriminatorLoss"),
        generatorLoss: last("generatorLoss"),
        warnings: warnings.length,
      },
      seconds,
      text: [
        `judged by ${scorer.origin}, which reads ${(100 * accuracy).toFixed(2)} % of the test digits right, ` +
          "on its 500 penultimate features",
        `floor: ${count} training digits against ${count} test digits; drawn: ${count} against the same test digits`,
        `drawn classes, %: ${drawn.map((share, digit) => `${digit}: ${(100 * share).toFixed(1)}`).join("  ")}`,
        `real classes, %:  ${real.map((share, digit) => `${digit}: ${(100 * share).toFixed(1)}`).join("  ")}`,
        ...warnings.map((warning) => `warning: ${warning}`),
      ].join("\n"),
      artifacts: await ganArtifacts({ record, samples: firstPictures(pictures, 100), ways, drawn, real }),
    };
  } finally {
    scorer.dispose();
  }
}

/** The first of pictures `[samples, ...]`, as many as there are. */
function firstPictures({ data, shape }: HostArray, count: number): HostArray {
  const [samples = 0, ...rest] = shape;
  const kept = Math.min(samples, count);
  return { data: data.subarray(0, (data.length / samples) * kept), shape: [kept, ...rest] };
}
