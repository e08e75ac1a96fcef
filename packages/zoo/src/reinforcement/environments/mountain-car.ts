import type { EnvironmentRandom } from "./environment.js";
import { SimulatedEnvironment } from "./simulated-environment.js";

const leftmost = -1.2;
const rightmost = 0.6;
const goal = 0.5;
const fastest = 0.07;
const force = 0.001;
const gravity = 0.0025;

type MountainCarFields = { position: number; velocity: number };

/**
 * A car in a valley, too weak to drive straight up to the flag on the right: it is pushed left (0), not at
 * all (1) or right (2).
 *
 * Observation `[2]`: position, velocity a step. Reward -1 a step. Terminates at position 0.5 or more when not
 * rolling back; truncated after 200 steps, or `timeLimit`.
 *
 * Source: Moore 1990; Gymnasium's MountainCar-v0.
 */
export class MountainCar extends SimulatedEnvironment<MountainCarFields> {
  readonly id = "MountainCar-v0";
  readonly observationShape = [2];
  readonly binary = false;
  readonly actionNames = ["left", "none", "right"];
  readonly framesPerSecond = 30;

  constructor({ timeLimit = 200 }: { readonly timeLimit?: number } = {}) {
    super({ position: 0, velocity: 0 }, timeLimit);
  }

  protected start(random: EnvironmentRandom): void {
    this.fields.position = -0.6 + (-0.4 - -0.6) * random.uniform();
    this.fields.velocity = 0;
  }

  protected advance(action: number): boolean {
    const { position, velocity } = this.fields;
    const pushed = velocity + ((action - 1) * force + Math.cos(3 * position) * -gravity);
    const limited = Math.min(Math.max(pushed, -fastest), fastest);
    const moved = Math.min(Math.max(position + limited, leftmost), rightmost);
    this.fields.position = moved;
    // The wall on the left takes all speed.
    this.fields.velocity = moved === leftmost && limited < 0 ? 0 : limited;
    this.reward = -1;
    return moved >= goal && this.fields.velocity >= 0;
  }

  protected write(observation: Float32Array): void {
    observation[0] = this.fields.position;
    observation[1] = this.fields.velocity;
  }
}
