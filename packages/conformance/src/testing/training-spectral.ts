import { Conv2D, Dense, Flatten, Input, L2, MaxNorm, Sequential, SpectralNormalization } from "@hekla/layers";
import { SGD } from "@hekla/optim";
import type { TrainingCases } from "./training-case.js";

/** A layer that assigns a weight which is trained: `scripts/golden/training_spectral.py`. */
export const spectral: TrainingCases = {
  "spectral normalization of Dense with penalty and constraint by SGD with momentum": {
    model: () =>
      new Sequential([
        new Input([4]),
        new SpectralNormalization(new Dense(5, { activation: "tanh", kernelRegularizer: new L2(0.02) })),
        new SpectralNormalization(
          new Dense(3, { activation: "softmax", kernelConstraint: new MaxNorm(0.7) }),
          { powerIterations: 2 },
        ),
      ]),
    compile: () => ({
      optimizer: new SGD(0.2, { momentum: 0.9 }),
      loss: "categoricalCrossentropy",
      metrics: ["accuracy"],
    }),
  },
  "spectral normalization of Conv2D by SGD with Nesterov's momentum": {
    model: () =>
      new Sequential([
        new Input([5, 5, 2]),
        new SpectralNormalization(new Conv2D(3, 3, { activation: "elu" })),
        new Flatten(),
        new SpectralNormalization(new Dense(1), { powerIterations: 3 }),
      ]),
    compile: () => ({
      optimizer: new SGD(0.02, { momentum: 0.5, nesterov: true }),
      loss: "mse",
      metrics: ["mae"],
    }),
    fit: () => ({ batchSize: 4 }),
  },
  "spectral normalization of a frozen Dense": {
    model: () => {
      const frozen = new SpectralNormalization(new Dense(3, { activation: "tanh" }));
      frozen.trainable = false;
      return new Sequential([new Input([4]), frozen, new Dense(1)]);
    },
    compile: () => ({ optimizer: new SGD(0.1), loss: "mse", metrics: ["mae"] }),
    fit: () => ({ batchSize: 4 }),
  },
};
