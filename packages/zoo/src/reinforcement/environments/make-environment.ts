import { DataError } from "@hekla/tensor";
import { Acrobot } from "./acrobot.js";
import { Asterix } from "./asterix.js";
import { Breakout } from "./breakout.js";
import { CartPole } from "./cart-pole.js";
import type { Environment } from "./environment.js";
import { Freeway } from "./freeway.js";
import type { GridGameOptions } from "./grid-game.js";
import { MountainCar } from "./mountain-car.js";
import { SpaceInvaders } from "./space-invaders.js";

/** Switches of all environments; each reads those it has. */
export type EnvironmentOptions = Omit<GridGameOptions, "minimalActions">;

const minimalActions = true;

const makers = {
  "CartPole-v1": (options) => new CartPole(options),
  "Acrobot-v1": (options) => new Acrobot(options),
  "MountainCar-v0": (options) => new MountainCar(options),
  "MinAtar/Breakout-v0": (options) => new Breakout(options),
  "MinAtar/Breakout-v1": (options) => new Breakout({ ...options, minimalActions }),
  "MinAtar/SpaceInvaders-v0": (options) => new SpaceInvaders(options),
  "MinAtar/SpaceInvaders-v1": (options) => new SpaceInvaders({ ...options, minimalActions }),
  "MinAtar/Freeway-v0": (options) => new Freeway(options),
  "MinAtar/Freeway-v1": (options) => new Freeway({ ...options, minimalActions }),
  "MinAtar/Asterix-v0": (options) => new Asterix(options),
  "MinAtar/Asterix-v1": (options) => new Asterix({ ...options, minimalActions }),
} satisfies Record<string, (options: EnvironmentOptions) => Environment>;

/** Name of an environment: Gymnasium's, or that under which MinAtar's are registered there. */
export type EnvironmentId = keyof typeof makers;

/** Names of all environments. Of MinAtar's, -v0 has all six actions, -v1 only those that do something. */
export const environmentIds = Object.keys(makers) as readonly EnvironmentId[];

/**
 * An environment by its name.
 * @throws DataError if there is none of that name, or an option is out of range
 */
export function makeEnvironment(id: string, options: EnvironmentOptions = {}): Environment {
  if (!Object.hasOwn(makers, id)) {
    throw new DataError(
      `makeEnvironment: no such environment, got ${JSON.stringify(id)}, ` +
        `expected one of ${environmentIds.join(", ")}`,
    );
  }
  return makers[id as EnvironmentId](options);
}
