import { type ConfigOf, type ConfigSchema, resolveConfig, type ZooModel } from "@hekla/zoo";

/** Settings under which the first steps of any model of the zoo are quick. */
const small: Readonly<Record<string, number>> = {
  batchSize: 2,
  limit: 64,
  shards: 2,
  // dqn: what is played once is learnt from at once
  learningStarts: 1,
  nSteps: 1,
  trainFrequency: 1,
  // latent-physics: little to simulate
  grid: 16,
  simulations: 1,
  validationSimulations: 1,
};

/** The config of a model with those of the settings that it has. */
export function smallConfig(
  model: ZooModel,
  settings: Readonly<Record<string, number>> = {},
): ConfigOf<ConfigSchema> {
  const wanted = Object.entries({ ...small, ...settings }).filter(([name]) => name in model.config);
  return resolveConfig(model.config, Object.fromEntries(wanted));
}
