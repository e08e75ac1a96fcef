import type { GanSettings } from "./gan-network.js";

/** What a run is judged healthy by. */
export interface GanHealth {
  /** A row an epoch: discriminatorLoss, and gradientNorm of a critic. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly settings: Pick<GanSettings, "loss" | "labelSmoothing">;
  /** The part of each class among drawn pictures, and among real ones. */
  readonly drawn: readonly number[];
  readonly real: readonly number[];
  /** Variance of the drawn pictures' features as a part of that of real ones'. */
  readonly featureVariance: number;
}

/** Below this excess over the least loss that label smoothing allows, the discriminator tells everything apart. */
const perfect = 0.015;
/** A class with less than this part of its real share is lost. */
const lost = 0.1;
/** Less variance than this part of the real is a sign of few kinds of pictures. */
const narrow = 0.5;
/** The penalty draws the norm of the critic's gradient to 1; beyond these bounds it has lost hold of it. */
const norms = [0.5, 2] as const;

/**
 * What is wrong with a training, a line each: a discriminator whose loss has gone to zero (the generator learns nothing
 * from it), a critic whose slope is not held, classes that are not drawn any more, features that hardly vary.
 */
export function healthWarnings(health: GanHealth): string[] {
  const { history, settings, drawn, real, featureVariance } = health;
  const warnings: string[] = [];
  const losses = history["discriminatorLoss"] ?? [];
  const floor = leastLoss(settings.labelSmoothing);
  const won = settings.loss === "standard" ? losses.findIndex((loss) => loss - floor < perfect) : -1;
  if (won >= 0) {
    warnings.push(
      `the discriminator has won: in epoch ${won + 1} its loss is ${losses[won]!.toFixed(3)}, the least is ` +
        `${floor.toFixed(3)}; the generator learns little from it`,
    );
  }
  const slopes = history["gradientNorm"] ?? [];
  const loose = slopes.findIndex((norm) => norm < norms[0] || norm > norms[1]);
  if (loose > 0 || (loose === 0 && slopes.length === 1)) {
    warnings.push(
      `the critic's slope is not held: in epoch ${loose + 1} the norm of its gradient is ` +
        `${slopes[loose]!.toFixed(2)}, to be near 1`,
    );
  }
  const missing = drawn.flatMap((share, digit) => (share < lost * real[digit]! ? [digit] : []));
  if (missing.length > 0) {
    const parts = missing.map((digit) => `${digit} (${(100 * drawn[digit]!).toFixed(1)} %)`);
    warnings.push(`the generator has collapsed: it hardly draws ${parts.join(", ")}`);
  }
  if (featureVariance < narrow) {
    warnings.push(
      `the drawn digits are much alike: their features have ${(100 * featureVariance).toFixed(0)} % of the ` +
        "variance of real ones",
    );
  }
  return warnings;
}

/** The discriminator's loss when it is right and as sure as smoothed labels let it be: half the labels' entropy. */
function leastLoss(smoothing: number): number {
  if (smoothing === 0) return 0;
  return -(smoothing * Math.log(smoothing) + (1 - smoothing) * Math.log(1 - smoothing)) / 2;
}
