import { DataError } from "@hekla/tensor";
import type { EnvironmentRandom, StateFields } from "./environment.js";
import { SimulatedEnvironment } from "./simulated-environment.js";

/** Cells in a row and in a column. */
export const gridSize = 10;

/** MinAtar's actions, the same in all its games. */
export const gridActions = ["none", "left", "up", "right", "down", "fire"] as const;

/** An action of a game on a grid. */
export type GridAction = (typeof gridActions)[number];

/** How a game on a grid is played. */
export interface GridGameOptions {
  /** Offers only the actions that do something in the game (MinAtar's ids -v1, else -v0). Default false. */
  readonly minimalActions?: boolean;
  /** Probability that an action is not done, but the one before it once more. Default 0.1. */
  readonly stickyActions?: number;
  /** Whether the game gets harder over time, where it has levels. Default true. */
  readonly difficultyRamping?: boolean;
  /** Steps after which an episode is truncated. Default: no limit, as in MinAtar. */
  readonly timeLimit?: number;
}

/** What tells the games apart. */
export interface GridGameRules {
  readonly name: string;
  /** What the channels of an observation show. */
  readonly channels: readonly string[];
  /** Actions that do something. */
  readonly actions: readonly GridAction[];
}

/**
 * State of a game: `lastAction` is the place in `gridActions` of what was done last; it outlives episodes as
 * in MinAtar.
 */
export type GridFields = StateFields & { lastAction: number };

/** A list of 100 cells, row after row. */
export const emptyGrid = (): number[] => new Array<number>(gridSize * gridSize).fill(0);

/**
 * A game on 10x10 cells: observation `[channels, 10, 10]` of 0 and 1.
 *
 * Source: Young and Tian, "MinAtar: an Atari-inspired testbed", 2019, and the package minatar 1.0.15; each
 * step takes the same random numbers in the same order.
 */
export abstract class GridGame<S extends GridFields> extends SimulatedEnvironment<S> {
  readonly id: string;
  readonly observationShape: readonly number[];
  readonly binary = true;
  readonly channels: readonly string[];
  readonly actionNames: readonly GridAction[];
  readonly framesPerSecond = 20;
  protected readonly ramping: boolean;
  readonly #sticky: number;
  readonly #places: readonly number[];

  constructor(rules: GridGameRules, fields: S, options: GridGameOptions) {
    const { minimalActions = false, stickyActions = 0.1, difficultyRamping = true } = options;
    super(fields, options.timeLimit ?? Number.POSITIVE_INFINITY);
    if (!(stickyActions >= 0 && stickyActions <= 1)) {
      throw new DataError(`${rules.name}: stickyActions is wrong, got ${stickyActions}, expected 0 to 1`);
    }
    this.id = `MinAtar/${rules.name}-v${minimalActions ? 1 : 0}`;
    this.observationShape = [rules.channels.length, gridSize, gridSize];
    this.channels = rules.channels;
    this.actionNames = minimalActions ? rules.actions : gridActions;
    this.ramping = difficultyRamping;
    this.#sticky = stickyActions;
    this.#places = this.actionNames.map((name) => gridActions.indexOf(name));
  }

  /** Plays one step; tells whether the game is over. */
  protected abstract play(action: GridAction, random: EnvironmentRandom): boolean;

  protected advance(action: number, random: EnvironmentRandom): boolean {
    if (random.uniform() >= this.#sticky) this.fields.lastAction = this.#places[action]!;
    this.reward = 0;
    return this.play(gridActions[this.fields.lastAction]!, random);
  }
}

/** Place of a cell in an observation. */
export const cell = (channel: number, y: number, x: number): number =>
  (channel * gridSize + y) * gridSize + x;
