import type { EnvironmentRandom } from "./environment.js";
import { cell, type GridAction, type GridFields, GridGame, type GridGameOptions } from "./grid-game.js";

const moveInterval = 3;
const frames = 2500;
const cars = 8;
const chickenX = 4;
const bottom = 9;

type FreewayFields = GridFields & {
  chicken: number;
  moveTimer: number;
  /** Frames that are left. */
  time: number;
  /**
   * Cars of rows 1 to 8: where they are, frames until they move, and frames a move (negative: to the left).
   */
  carX: number[];
  carTimer: number[];
  carSpeed: number[];
};

const rules = {
  name: "Freeway",
  channels: ["chicken", "car", "speed 1", "speed 2", "speed 3", "speed 4", "speed 5"],
  actions: ["none", "up", "down"],
} as const;

const wrap = (x: number): number => (x < 0 ? 9 : x > 9 ? 0 : x);

/**
 * A chicken, able to move every third frame, crosses a road of eight lanes for a reward of 1 and starts anew
 * at the bottom; the cars then take new speeds. A car that meets it sends it back. Over after 2 500 frames.
 * Channels: chicken, car, and the place behind a car in the channel of its speed, one move every 1 to 5
 * frames.
 *
 * Source: MinAtar's Freeway.
 */
export class Freeway extends GridGame<FreewayFields> {
  constructor(options: GridGameOptions = {}) {
    const lanes = () => new Array<number>(cars).fill(0);
    const road = { carX: lanes(), carTimer: lanes(), carSpeed: lanes() };
    super(rules, { lastAction: 0, chicken: 0, moveTimer: 0, time: 0, ...road }, options);
  }

  #newSpeeds(random: EnvironmentRandom): void {
    const { carSpeed, carTimer } = this.fields;
    for (let car = 0; car < cars; car++) carTimer[car] = 1 + random.integer(5);
    for (let car = 0; car < cars; car++) {
      carSpeed[car] = random.uniform() < 0.5 ? -carTimer[car]! : carTimer[car]!;
    }
  }

  protected start(random: EnvironmentRandom): void {
    this.#newSpeeds(random);
    this.fields.carX.fill(0);
    this.fields.chicken = bottom;
    this.fields.moveTimer = moveInterval;
    this.fields.time = frames;
  }

  protected play(action: GridAction, random: EnvironmentRandom): boolean {
    const fields = this.fields;
    if ((action === "up" || action === "down") && fields.moveTimer === 0) {
      fields.moveTimer = moveInterval;
      const by = action === "up" ? -1 : 1;
      fields.chicken = Math.min(Math.max(fields.chicken + by, 0), bottom);
    }
    if (fields.chicken === 0) {
      this.reward = 1;
      this.#newSpeeds(random);
      fields.chicken = bottom;
    }
    const { carX, carTimer, carSpeed } = fields;
    for (let car = 0; car < cars; car++) {
      if (carX[car] === chickenX && fields.chicken === car + 1) fields.chicken = bottom;
      if (carTimer[car] === 0) {
        const speed = carSpeed[car]!;
        carTimer[car] = Math.abs(speed);
        carX[car] = wrap(carX[car]! + (speed > 0 ? 1 : -1));
        if (carX[car] === chickenX && fields.chicken === car + 1) fields.chicken = bottom;
      } else {
        carTimer[car] = carTimer[car]! - 1;
      }
    }
    if (fields.moveTimer > 0) fields.moveTimer -= 1;
    fields.time -= 1;
    return fields.time < 0;
  }

  protected write(observation: Float32Array): void {
    const { chicken, carX, carSpeed } = this.fields;
    observation.fill(0);
    observation[cell(0, chicken, chickenX)] = 1;
    for (let car = 0; car < cars; car++) {
      const speed = carSpeed[car]!;
      observation[cell(1, car + 1, carX[car]!)] = 1;
      observation[cell(1 + Math.abs(speed), car + 1, wrap(carX[car]! - Math.sign(speed)))] = 1;
    }
  }
}
