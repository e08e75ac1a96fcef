import type { EnvironmentRandom } from "./environment.js";
import { SimulatedEnvironment } from "./simulated-environment.js";

const gravity = 9.8;
const poleMass = 0.1;
const totalMass = poleMass + 1;
/** Half the pole's length, metres. */
const length = 0.5;
const poleMassLength = poleMass * length;
const force = 10;
/** Seconds a step. */
const tau = 0.02;
const largestAngle = (12 * 2 * Math.PI) / 360;
const largestPosition = 2.4;

/** Metres, metres a second, radians from upright, radians a second. */
type CartPoleFields = { x: number; xVelocity: number; angle: number; angularVelocity: number };

/**
 * A pole that stands on a cart, which is pushed to the left (0) or right (1) so that the pole does not fall.
 *
 * Observation `[4]`: position, velocity, angle, angular velocity. Reward 1 a step. Terminates beyond 12
 * degrees or 2.4 metres; truncated after 500 steps, or `timeLimit`.
 *
 * Source: Barto, Sutton, Anderson 1983; Gymnasium's CartPole-v1, whose explicit Euler steps in float64 these
 * are.
 */
export class CartPole extends SimulatedEnvironment<CartPoleFields> {
  readonly id = "CartPole-v1";
  readonly observationShape = [4];
  readonly binary = false;
  readonly actionNames = ["left", "right"];
  readonly framesPerSecond = 50;

  constructor({ timeLimit = 500 }: { readonly timeLimit?: number } = {}) {
    super({ x: 0, xVelocity: 0, angle: 0, angularVelocity: 0 }, timeLimit);
  }

  protected start(random: EnvironmentRandom): void {
    const draw = () => -0.05 + 0.1 * random.uniform();
    this.fields.x = draw();
    this.fields.xVelocity = draw();
    this.fields.angle = draw();
    this.fields.angularVelocity = draw();
  }

  protected advance(action: number): boolean {
    const fields = this.fields;
    const { x, xVelocity, angle, angularVelocity } = fields;
    const push = action === 1 ? force : -force;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const thrust = (push + poleMassLength * (angularVelocity * angularVelocity) * sin) / totalMass;
    const angularAcceleration =
      (gravity * sin - cos * thrust) / (length * (4 / 3 - (poleMass * (cos * cos)) / totalMass));
    const acceleration = thrust - (poleMassLength * angularAcceleration * cos) / totalMass;
    fields.x = x + tau * xVelocity;
    fields.xVelocity = xVelocity + tau * acceleration;
    fields.angle = angle + tau * angularVelocity;
    fields.angularVelocity = angularVelocity + tau * angularAcceleration;
    this.reward = 1;
    return Math.abs(fields.x) > largestPosition || Math.abs(fields.angle) > largestAngle;
  }

  protected write(observation: Float32Array): void {
    const { x, xVelocity, angle, angularVelocity } = this.fields;
    observation[0] = x;
    observation[1] = xVelocity;
    observation[2] = angle;
    observation[3] = angularVelocity;
  }
}
