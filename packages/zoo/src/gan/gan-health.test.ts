import { describe, expect, it } from "vitest";
import { classShares, totalVariation } from "./digit-scorer.js";
import { type GanHealth, healthWarnings } from "./gan-health.js";

const even = Array.from({ length: 10 }, () => 0.1);
const sound: GanHealth = {
  history: { discriminatorLoss: [0.4, 0.5, 0.45] },
  settings: { loss: "standard", labelSmoothing: 0.1 },
  drawn: even,
  real: even,
  featureVariance: 0.95,
};

describe("health warnings", () => {
  it("are none for a sound run", () => {
    expect(healthWarnings(sound)).toEqual([]);
    const critic = { ...sound.settings, loss: "wasserstein" } as const;
    const history = { discriminatorLoss: [-2, -1], gradientNorm: [0.4, 0.9] };
    expect(healthWarnings({ ...sound, settings: critic, history })).toEqual([]);
  });

  it("tell of a discriminator that has won", () => {
    // Smoothed labels leave a loss of half their entropy, 0.1625.
    const history = { discriminatorLoss: [0.4, 0.17, 0.3] };
    expect(healthWarnings({ ...sound, history })).toEqual([
      "the discriminator has won: in epoch 2 its loss is 0.170, the least is 0.163; the generator learns little " +
        "from it",
    ]);
    const plain = { ...sound.settings, labelSmoothing: 0 };
    expect(healthWarnings({ ...sound, history, settings: plain })).toEqual([]);
    const zero = { discriminatorLoss: [0.4, 0.001] };
    expect(healthWarnings({ ...sound, history: zero, settings: plain })[0]).toContain(
      "loss is 0.001, the least is 0.000",
    );
  });

  it("tell of a critic whose slope runs away", () => {
    const settings = { ...sound.settings, loss: "wasserstein" } as const;
    const history = { discriminatorLoss: [-2, -80], gradientNorm: [0.9, 7] };
    expect(healthWarnings({ ...sound, history, settings })).toEqual([
      "the critic's slope is not held: in epoch 2 the norm of its gradient is 7.00, to be near 1",
    ]);
  });

  it("tell of classes and of variety that are lost", () => {
    const drawn = classShares(Uint8Array.of(1, 1, 1, 7, 7, 7, 7, 7, 7, 7));
    expect(totalVariation(drawn, even)).toBeCloseTo(0.8, 12);
    const [collapsed, alike, ...others] = healthWarnings({ ...sound, drawn, featureVariance: 0.2 });
    expect(collapsed).toBe(
      "the generator has collapsed: it hardly draws 0 (0.0 %), 2 (0.0 %), 3 (0.0 %), 4 (0.0 %), 5 (0.0 %), " +
        "6 (0.0 %), 8 (0.0 %), 9 (0.0 %)",
    );
    expect(alike).toContain("their features have 20 % of the variance");
    expect(others).toEqual([]);
  });
});
