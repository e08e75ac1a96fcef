import type { EnvironmentRandom } from "./environment.js";
import {
  cell,
  emptyGrid,
  type GridAction,
  type GridFields,
  GridGame,
  type GridGameOptions,
} from "./grid-game.js";

/** Directions: 0 up left, 1 up right, 2 down right, 3 down left. */
type BreakoutFields = GridFields & {
  paddle: number;
  ballX: number;
  ballY: number;
  direction: number;
  /** Where the ball was. */
  lastX: number;
  lastY: number;
  /** Whether the ball hit a brick in the step before: it breaks no second one. */
  strike: boolean;
  bricks: number[];
};

const bottom = 9;
const mirroredX = [1, 0, 3, 2] as const;
const mirroredY = [3, 2, 1, 0] as const;
const reversed = [2, 3, 0, 1] as const;

const rules = {
  name: "Breakout",
  channels: ["paddle", "ball", "trail", "brick"],
  actions: ["none", "left", "right"],
} as const;

/**
 * A ball that bounces off a paddle breaks bricks for a reward of 1 each; three new rows come when all are
 * gone. Over when the paddle misses the ball. Channels: paddle, ball, trail (where the ball was), brick.
 *
 * Source: MinAtar's Breakout.
 */
export class Breakout extends GridGame<BreakoutFields> {
  constructor(options: GridGameOptions = {}) {
    const ball = { ballX: 0, ballY: 0, direction: 0, lastX: 0, lastY: 0, strike: false };
    super(rules, { lastAction: 0, paddle: 0, ...ball, bricks: emptyGrid() }, options);
  }

  #newBricks(): void {
    this.fields.bricks.fill(1, 10, 40);
  }

  protected start(random: EnvironmentRandom): void {
    const fields = this.fields;
    const right = random.integer(2) === 1;
    fields.ballX = right ? 9 : 0;
    fields.ballY = 3;
    fields.direction = right ? 3 : 2;
    fields.lastX = fields.ballX;
    fields.lastY = fields.ballY;
    fields.paddle = 4;
    fields.strike = false;
    fields.bricks.fill(0);
    this.#newBricks();
  }

  protected play(action: GridAction): boolean {
    const fields = this.fields;
    if (action === "left") fields.paddle = Math.max(0, fields.paddle - 1);
    else if (action === "right") fields.paddle = Math.min(9, fields.paddle + 1);
    fields.lastX = fields.ballX;
    fields.lastY = fields.ballY;
    let x = fields.ballX + (fields.direction === 1 || fields.direction === 2 ? 1 : -1);
    let y = fields.ballY + (fields.direction >= 2 ? 1 : -1);
    if (x < 0 || x > 9) {
      x = Math.min(Math.max(x, 0), 9);
      fields.direction = mirroredX[fields.direction]!;
    }
    let touched = false;
    let missed = false;
    if (y < 0) {
      y = 0;
      fields.direction = mirroredY[fields.direction]!;
    } else if (fields.bricks[y * 10 + x] === 1) {
      touched = true;
      if (!fields.strike) {
        this.reward = 1;
        fields.bricks[y * 10 + x] = 0;
        y = fields.lastY;
        fields.direction = mirroredY[fields.direction]!;
      }
    } else if (y === bottom) {
      if (!fields.bricks.includes(1)) this.#newBricks();
      if (fields.ballX === fields.paddle) {
        fields.direction = mirroredY[fields.direction]!;
        y = fields.lastY;
      } else if (x === fields.paddle) {
        fields.direction = reversed[fields.direction]!;
        y = fields.lastY;
      } else {
        missed = true;
      }
    }
    fields.strike = touched;
    fields.ballX = x;
    fields.ballY = y;
    return missed;
  }

  protected write(observation: Float32Array): void {
    const { paddle, ballX, ballY, lastX, lastY, bricks } = this.fields;
    observation.fill(0);
    observation[cell(0, bottom, paddle)] = 1;
    observation[cell(1, ballY, ballX)] = 1;
    observation[cell(2, lastY, lastX)] = 1;
    observation.set(bricks, 300);
  }
}
