import {
  add,
  grad,
  maximum,
  mean,
  multiply,
  type RandomStream,
  randomUniform,
  sigmoid,
  softplus,
  sqrt,
  square,
  subtract,
  sum,
  type Tensor,
} from "@hekla/tensor";

/** What a discriminator says of pictures `[batch, ...]`: logits `[batch, 1]`. */
export type Judge = (pictures: Tensor) => Tensor;

/** Cross-entropy of logits with a label that is the same for all: `mean(softplus(x) - label * x)`. */
const crossentropy = (logits: Tensor, label: number): Tensor =>
  mean(subtract(softplus(logits), multiply(logits, label)));

/**
 * The discriminator's loss: half the cross-entropy of real pictures with the label `1 - smoothing`, and half that of
 * fake ones with 0. Source: Goodfellow et al. 2014; one-sided smoothing: Salimans et al. 2016, section 3.4.
 */
export const discriminatorLoss = (real: Tensor, fake: Tensor, smoothing: number): Tensor =>
  multiply(add(crossentropy(real, 1 - smoothing), crossentropy(fake, 0)), 0.5);

/** The generator's loss, which does not saturate: cross-entropy of fake pictures with the label 1. */
export const generatorLoss = (fake: Tensor): Tensor => crossentropy(fake, 1);

/**
 * How far apart a critic holds real and fake, `mean(real) - mean(fake)`: the Wasserstein distance times the critic's slope,
 * once it is trained. Source: Arjovsky et al. 2017.
 */
export const wassersteinEstimate = (real: Tensor, fake: Tensor): Tensor => subtract(mean(real), mean(fake));

/** The part that a discriminator takes for real, on average. */
export const meanScore = (logits: Tensor): Tensor => mean(sigmoid(logits));

/**
 * `mean((|gradient of the critic at x| - 1)^2)` at points x drawn between real and fake pictures `[batch, ...]`, one of
 * each pair, and the mean of those norms. Differentiable by the critic's weights, which takes second derivatives.
 * Source: Gulrajani et al. 2017, algorithm 1.
 */
export function gradientPenalty(
  critic: Judge,
  real: Tensor,
  fake: Tensor,
  stream: RandomStream,
): { penalty: Tensor; norm: Tensor } {
  const share = randomUniform([real.shape[0]!, ...real.shape.slice(1).map(() => 1)], stream);
  const between = add(real, multiply(share, subtract(fake, real)));
  const slopes = grad((x: Tensor) => sum(critic(x)))(between);
  const axes = slopes.shape.slice(1).map((_, axis) => axis + 1);
  // The root has no derivative at 0.
  const norms = sqrt(maximum(sum(square(slopes), { axes }), 1e-12));
  return { penalty: mean(square(subtract(norms, 1))), norm: mean(norms) };
}
