import type { EnvironmentRandom } from "./environment.js";
import { cell, type GridAction, type GridFields, GridGame, type GridGameOptions } from "./grid-game.js";

const rampInterval = 100;
const firstSpawnInterval = 10;
const firstMoveInterval = 5;
const lanes = 8;

type AsterixFields = GridFields & {
  playerX: number;
  playerY: number;
  spawnInterval: number;
  spawnTimer: number;
  moveInterval: number;
  moveTimer: number;
  rampTimer: number;
  /** Times that the game has got harder. */
  level: number;
  /** What there is in rows 1 to 8: 0 nothing, 1 an enemy, 2 treasure. */
  kind: number[];
  x: number[];
  /** 1 to the right, -1 to the left. */
  direction: number[];
};

const rules = {
  name: "Asterix",
  channels: ["player", "enemy", "trail", "gold"],
  actions: ["none", "left", "up", "right", "down"],
} as const;

/**
 * Enemies and treasure cross the field; touching treasure brings a reward of 1, touching an enemy ends the
 * game. They come and move more often over time (with difficulty ramping). Channels: player, enemy, trail
 * (behind both), gold.
 *
 * Source: MinAtar's Asterix.
 */
export class Asterix extends GridGame<AsterixFields> {
  constructor(options: GridGameOptions = {}) {
    const row = () => new Array<number>(lanes).fill(0);
    const timers = { spawnInterval: 0, spawnTimer: 0, moveInterval: 0, moveTimer: 0, rampTimer: 0, level: 0 };
    const things = { kind: row(), x: row(), direction: row() };
    super(rules, { lastAction: 0, playerX: 0, playerY: 0, ...timers, ...things }, options);
  }

  protected start(): void {
    const fields = this.fields;
    fields.playerX = 5;
    fields.playerY = 5;
    fields.spawnInterval = firstSpawnInterval;
    fields.spawnTimer = firstSpawnInterval;
    fields.moveInterval = firstMoveInterval;
    fields.moveTimer = firstMoveInterval;
    fields.rampTimer = rampInterval;
    fields.level = 0;
    fields.kind.fill(0);
  }

  protected play(action: GridAction, random: EnvironmentRandom): boolean {
    const fields = this.fields;
    if (fields.spawnTimer === 0) {
      this.#spawn(random);
      fields.spawnTimer = fields.spawnInterval;
    }
    if (action === "left") fields.playerX = Math.max(0, fields.playerX - 1);
    else if (action === "right") fields.playerX = Math.min(9, fields.playerX + 1);
    else if (action === "up") fields.playerY = Math.max(1, fields.playerY - 1);
    else if (action === "down") fields.playerY = Math.min(8, fields.playerY + 1);
    let over = this.#touch(fields.playerY - 1);
    if (fields.moveTimer === 0) {
      fields.moveTimer = fields.moveInterval;
      for (let lane = 0; lane < lanes; lane++) {
        if (fields.kind[lane] === 0) continue;
        const x = fields.x[lane]! + fields.direction[lane]!;
        fields.x[lane] = x;
        if (x < 0 || x > 9) fields.kind[lane] = 0;
        else if (this.#touch(lane)) over = true;
      }
    }
    fields.spawnTimer -= 1;
    fields.moveTimer -= 1;
    if (this.ramping && (fields.spawnInterval > 1 || fields.moveInterval > 1)) this.#ramp();
    return over;
  }

  /** Takes the treasure of a lane if the player is there; tells whether an enemy is. */
  #touch(lane: number): boolean {
    const { playerX, playerY, kind, x } = this.fields;
    if (kind[lane] === 0 || playerY !== lane + 1 || playerX !== x[lane]) return false;
    if (kind[lane] === 1) return true;
    kind[lane] = 0;
    this.reward += 1;
    return false;
  }

  #ramp(): void {
    const fields = this.fields;
    if (fields.rampTimer >= 0) {
      fields.rampTimer -= 1;
      return;
    }
    if (fields.moveInterval > 1 && fields.level % 2 === 1) fields.moveInterval -= 1;
    if (fields.spawnInterval > 1) fields.spawnInterval -= 1;
    fields.level += 1;
    fields.rampTimer = rampInterval;
  }

  #spawn(random: EnvironmentRandom): void {
    const { kind, x, direction } = this.fields;
    const right = random.uniform() < 1 / 2;
    const gold = random.uniform() < 1 / 3;
    let free = 0;
    for (let lane = 0; lane < lanes; lane++) if (kind[lane] === 0) free += 1;
    if (free === 0) return;
    let lane = 0;
    for (let skip = random.integer(free); ; lane++) {
      if (kind[lane] !== 0) continue;
      if (skip === 0) break;
      skip -= 1;
    }
    kind[lane] = gold ? 2 : 1;
    x[lane] = right ? 0 : 9;
    direction[lane] = right ? 1 : -1;
  }

  protected write(observation: Float32Array): void {
    const { playerX, playerY, kind, x, direction } = this.fields;
    observation.fill(0);
    observation[cell(0, playerY, playerX)] = 1;
    for (let lane = 0; lane < lanes; lane++) {
      if (kind[lane] === 0) continue;
      observation[cell(kind[lane] === 2 ? 3 : 1, lane + 1, x[lane]!)] = 1;
      const behind = x[lane]! - direction[lane]!;
      if (behind >= 0 && behind <= 9) observation[cell(2, lane + 1, behind)] = 1;
    }
  }
}
