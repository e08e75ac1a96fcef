import {
  cell,
  emptyGrid,
  type GridAction,
  type GridFields,
  GridGame,
  type GridGameOptions,
} from "./grid-game.js";

const shotCoolDown = 5;
const firstMoveInterval = 12;
/** The interval does not get shorter than that. */
const lastMoveInterval = 6;
const alienShotInterval = 10;
const bottom = 9;

type SpaceInvadersFields = GridFields & {
  cannon: number;
  bullets: number[];
  alienBullets: number[];
  aliens: number[];
  /** -1 to the left, 1 to the right. */
  direction: number;
  moveInterval: number;
  moveTimer: number;
  alienShotTimer: number;
  shotTimer: number;
};

const rules = {
  name: "SpaceInvaders",
  channels: ["cannon", "alien", "alien left", "alien right", "friendly bullet", "enemy bullet"],
  actions: ["none", "left", "right", "fire"],
} as const;

/** Moves all columns by one, those at the edge to the other side. */
function rollColumns(grid: number[], by: number): void {
  for (let row = 0; row < 100; row += 10) {
    if (by < 0) {
      const first = grid[row]!;
      grid.copyWithin(row, row + 1, row + 10);
      grid[row + 9] = first;
    } else {
      const last = grid[row + 9]!;
      grid.copyWithin(row + 1, row, row + 9);
      grid[row] = last;
    }
  }
}

/** Moves all rows down by one, the lowest to the top. */
function rollDown(grid: number[]): void {
  for (let x = 0; x < 10; x++) {
    const last = grid[90 + x]!;
    for (let at = 90 + x; at >= 10; at -= 10) grid[at] = grid[at - 10]!;
    grid[x] = last;
  }
}

function columnHas(grid: readonly number[], x: number): boolean {
  for (let at = x; at < 100; at += 10) if (grid[at] !== 0) return true;
  return false;
}

function count(grid: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < 100; at++) sum += grid[at]!;
  return sum;
}

/**
 * Aliens march sideways and down, faster the fewer they are, and shoot; a cannon shoots them for a reward of
 * 1 each. Over when a bullet or an alien meets the cannon, or an alien at the bottom turns. A cleared wave is
 * followed by a faster one (with difficulty ramping). Channels: cannon, alien, alien moving left, alien
 * moving right, own bullet, aliens' bullet.
 *
 * Source: MinAtar's Space Invaders.
 */
export class SpaceInvaders extends GridGame<SpaceInvadersFields> {
  constructor(options: GridGameOptions = {}) {
    const grids = { bullets: emptyGrid(), alienBullets: emptyGrid(), aliens: emptyGrid() };
    const timers = { moveInterval: 0, moveTimer: 0, alienShotTimer: 0, shotTimer: 0 };
    super(rules, { lastAction: 0, cannon: 0, ...grids, direction: -1, ...timers }, options);
  }

  #newWave(): void {
    for (let y = 0; y < 4; y++) this.fields.aliens.fill(1, y * 10 + 2, y * 10 + 8);
  }

  protected start(): void {
    const fields = this.fields;
    fields.cannon = 5;
    fields.bullets.fill(0);
    fields.alienBullets.fill(0);
    fields.aliens.fill(0);
    this.#newWave();
    fields.direction = -1;
    fields.moveInterval = firstMoveInterval;
    fields.moveTimer = firstMoveInterval;
    fields.alienShotTimer = alienShotInterval;
    fields.shotTimer = 0;
  }

  protected play(action: GridAction): boolean {
    const fields = this.fields;
    const { bullets, alienBullets, aliens } = fields;
    if (action === "fire" && fields.shotTimer === 0) {
      bullets[bottom * 10 + fields.cannon] = 1;
      fields.shotTimer = shotCoolDown;
    } else if (action === "left") {
      fields.cannon = Math.max(0, fields.cannon - 1);
    } else if (action === "right") {
      fields.cannon = Math.min(9, fields.cannon + 1);
    }
    bullets.copyWithin(0, 10).fill(0, 90);
    alienBullets.copyWithin(10, 0, 90).fill(0, 0, 10);
    const place = bottom * 10 + fields.cannon;
    let hit = alienBullets[place] === 1 || aliens[place] === 1;
    if (fields.moveTimer === 0 && this.#moveAliens()) hit = true;
    if (fields.alienShotTimer === 0) {
      fields.alienShotTimer = alienShotInterval;
      alienBullets[this.#shooter()] = 1;
    }
    for (let at = 0; at < 100; at++) {
      if (aliens[at] === 1 && bullets[at] === 1) {
        this.reward += 1;
        aliens[at] = 0;
        bullets[at] = 0;
      }
    }
    if (fields.shotTimer > 0) fields.shotTimer -= 1;
    fields.moveTimer -= 1;
    fields.alienShotTimer -= 1;
    if (!aliens.includes(1)) {
      if (fields.moveInterval > lastMoveInterval && this.ramping) fields.moveInterval -= 1;
      this.#newWave();
    }
    return hit;
  }

  /** Moves the aliens on; tells whether that ends the game. */
  #moveAliens(): boolean {
    const fields = this.fields;
    const { aliens } = fields;
    fields.moveTimer = Math.min(count(aliens), fields.moveInterval);
    let over = false;
    if (columnHas(aliens, fields.direction < 0 ? 0 : 9)) {
      fields.direction = -fields.direction;
      over = aliens.indexOf(1, bottom * 10) >= 0;
      rollDown(aliens);
    } else {
      rollColumns(aliens, fields.direction);
    }
    return over || aliens[bottom * 10 + fields.cannon] === 1;
  }

  /** Place of the lowest alien in the column nearest to the cannon, of equally near ones the left. */
  #shooter(): number {
    const { aliens, cannon } = this.fields;
    for (let distance = 0; distance < 10; distance++) {
      for (let side = -1; side <= 1; side += 2) {
        const x = cannon + side * distance;
        if (x < 0 || x > 9) continue;
        for (let at = 90 + x; at >= 0; at -= 10) if (aliens[at] === 1) return at;
      }
    }
    return -1; // Cannot be: a wave that is cleared is followed by another in the same step.
  }

  protected write(observation: Float32Array): void {
    const { cannon, bullets, alienBullets, aliens, direction } = this.fields;
    observation.fill(0);
    observation[cell(0, bottom, cannon)] = 1;
    observation.set(aliens, 100);
    observation.set(aliens, direction < 0 ? 200 : 300);
    observation.set(bullets, 400);
    observation.set(alienBullets, 500);
  }
}
