import type { EnvironmentRandom } from "./environment.js";
import { SimulatedEnvironment } from "./simulated-environment.js";

// Both links: one metre, one kilogram, its centre in the middle, moment of inertia 1.
const length1 = 1;
const mass1 = 1;
const mass2 = 1;
const center1 = 0.5;
const center2 = 0.5;
const inertia1 = 1;
const inertia2 = 1;
const gravity = 9.8;
/** Seconds a step. */
const interval = 0.2;
const largestVelocity1 = 4 * Math.PI;
const largestVelocity2 = 9 * Math.PI;

/** Radians from hanging down, radians of the second link from the first, and their velocities. */
type AcrobotFields = { angle1: number; angle2: number; velocity1: number; velocity2: number };

function wrapped(angle: number): number {
  while (angle > Math.PI) angle -= 2 * Math.PI;
  while (angle < -Math.PI) angle += 2 * Math.PI;
  return angle;
}

const bounded = (value: number, limit: number): number => Math.min(Math.max(value, -limit), limit);

/** Writes the derivative of `[angle1, angle2, velocity1, velocity2]` under a torque between the links. */
function derivative(state: Float64Array, torque: number, out: Float64Array): void {
  const angle1 = state[0]!;
  const angle2 = state[1]!;
  const velocity1 = state[2]!;
  const velocity2 = state[3]!;
  const cos2 = Math.cos(angle2);
  const sin2 = Math.sin(angle2);
  const d1 =
    mass1 * center1 ** 2 +
    mass2 * (length1 ** 2 + center2 ** 2 + 2 * length1 * center2 * cos2) +
    inertia1 +
    inertia2;
  const d2 = mass2 * (center2 ** 2 + length1 * center2 * cos2) + inertia2;
  const phi2 = mass2 * center2 * gravity * Math.cos(angle1 + angle2 - Math.PI / 2);
  const phi1 =
    -mass2 * length1 * center2 * (velocity2 * velocity2) * sin2 -
    2 * mass2 * length1 * center2 * velocity2 * velocity1 * sin2 +
    (mass1 * center1 + mass2 * length1) * gravity * Math.cos(angle1 - Math.PI / 2) +
    phi2;
  const acceleration2 =
    (torque + (d2 / d1) * phi1 - mass2 * length1 * center2 * (velocity1 * velocity1) * sin2 - phi2) /
    (mass2 * center2 ** 2 + inertia2 - (d2 * d2) / d1);
  out[0] = velocity1;
  out[1] = velocity2;
  out[2] = -(d2 * acceleration2 + phi1) / d1;
  out[3] = acceleration2;
}

/**
 * Two links that hang from a joint; a torque of -1, 0 or 1 between them (actions 0, 1, 2) is to swing the
 * free end up by a link's length over the joint.
 *
 * Observation `[6]`: cosine and sine of the first link's angle from hanging down, those of the second's from
 * the first, both velocities. Reward -1 a step, 0 for the last. Truncated after 500 steps, or `timeLimit`.
 *
 * Source: Sutton 1996, the book's equations; Gymnasium's Acrobot-v1, with its one step of Runge and Kutta
 * (4th order).
 */
export class Acrobot extends SimulatedEnvironment<AcrobotFields> {
  readonly id = "Acrobot-v1";
  readonly observationShape = [6];
  readonly binary = false;
  readonly actionNames = ["-1", "0", "+1"];
  readonly framesPerSecond = 15;
  readonly #slopes = Array.from({ length: 4 }, () => new Float64Array(4));
  readonly #from = new Float64Array(4);
  readonly #at = new Float64Array(4);

  constructor({ timeLimit = 500 }: { readonly timeLimit?: number } = {}) {
    super({ angle1: 0, angle2: 0, velocity1: 0, velocity2: 0 }, timeLimit);
  }

  protected start(random: EnvironmentRandom): void {
    // Gymnasium keeps the first state, and only this one, in float32.
    const draw = () => Math.fround(-0.1 + 0.2 * random.uniform());
    this.fields.angle1 = draw();
    this.fields.angle2 = draw();
    this.fields.velocity1 = draw();
    this.fields.velocity2 = draw();
  }

  protected advance(action: number): boolean {
    const fields = this.fields;
    const torque = action - 1;
    const from = this.#from;
    const at = this.#at;
    from[0] = fields.angle1;
    from[1] = fields.angle2;
    from[2] = fields.velocity1;
    from[3] = fields.velocity2;
    at.set(from);
    for (let stage = 0; stage < 4; stage++) {
      const slope = this.#slopes[stage]!;
      derivative(at, torque, slope);
      const step = stage < 2 ? interval / 2 : interval;
      for (let k = 0; k < 4; k++) at[k] = from[k]! + step * slope[k]!;
    }
    const [k1, k2, k3, k4] = this.#slopes as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (let k = 0; k < 4; k++) {
      at[k] = from[k]! + (interval / 6) * (k1[k]! + 2 * k2[k]! + 2 * k3[k]! + k4[k]!);
    }
    fields.angle1 = wrapped(at[0]!);
    fields.angle2 = wrapped(at[1]!);
    fields.velocity1 = bounded(at[2]!, largestVelocity1);
    fields.velocity2 = bounded(at[3]!, largestVelocity2);
    const terminated = -Math.cos(fields.angle1) - Math.cos(fields.angle2 + fields.angle1) > 1;
    this.reward = terminated ? 0 : -1;
    return terminated;
  }

  protected write(observation: Float32Array): void {
    const { angle1, angle2, velocity1, velocity2 } = this.fields;
    observation[0] = Math.cos(angle1);
    observation[1] = Math.sin(angle1);
    observation[2] = Math.cos(angle2);
    observation[3] = Math.sin(angle2);
    observation[4] = velocity1;
    observation[5] = velocity2;
  }
}
