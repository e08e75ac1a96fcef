import { element } from "../../plots/svg.js";

/** A group that is moved by what is observed: `[x, y]` pixels, or degrees clockwise about the origin. */
export interface Moved {
  readonly by: "translate" | "rotate";
  readonly amount: (observation: Float32Array) => readonly number[];
  readonly content: readonly (string | Moved)[];
}

/** How an environment looks: elements that stay, and groups that move. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly content: readonly (string | Moved)[];
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;

/** A stroke between two points. */
function line(from: readonly number[], to: readonly number[], stroke: string, width: number): string {
  const [x1 = 0, y1 = 0] = from;
  const [x2 = 0, y2 = 0] = to;
  return element("line", { x1, y1, x2, y2, stroke, "stroke-width": width, "stroke-linecap": "round" });
}

const circle = (cx: number, cy: number, r: number, fill: string): string =>
  element("circle", { cx, cy, r, fill });

/** The track is 4.8 metres long, the pole 1 metre. */
function cartPole(): Scene {
  const [width, height] = [400, 240];
  const metre = width / 4.8;
  const track = 190;
  const pole: Moved = {
    by: "rotate",
    amount: (observation) => [degrees(observation[2]!)],
    content: [line([0, 0], [0, -metre], "var(--c1)", 8)],
  };
  const cart: Moved = {
    by: "translate",
    amount: (observation) => [width / 2 + observation[0]! * metre, track - 12],
    content: [
      element("rect", { x: -22, y: -10, width: 44, height: 22, rx: 3, fill: "var(--c0)" }),
      pole,
      circle(0, 0, 4, "var(--ground)"),
    ],
  };
  return { width, height, content: [line([0, track + 1], [width, track + 1], "var(--quiet)", 1), cart] };
}

/** Two links of 1 metre; the line is to be reached by the free end. */
function acrobot(): Scene {
  const [width, height] = [300, 300];
  const metre = 62;
  const link = (color: string) => line([0, 0], [0, metre], color, 9);
  // Angles count counterclockwise from hanging down, seen from the front; the screen's y points down.
  const angle = (cos: number, sin: number) => [-degrees(Math.atan2(sin, cos))];
  const second: Moved = {
    by: "rotate",
    amount: (observation) => angle(observation[2]!, observation[3]!),
    content: [link("var(--c1)"), circle(0, 0, 5, "var(--ink)")],
  };
  const first: Moved = {
    by: "rotate",
    amount: (observation) => angle(observation[0]!, observation[1]!),
    content: [
      link("var(--c0)"),
      { by: "translate", amount: () => [0, metre], content: [second] },
      circle(0, 0, 5, "var(--ink)"),
    ],
  };
  const goal = height / 2 - metre;
  return {
    width,
    height,
    content: [
      line([0, goal], [width, goal], "var(--c2)", 1),
      { by: "translate", amount: () => [width / 2, height / 2], content: [first] },
    ],
  };
}

/** The valley `sin(3 x)` from -1.2 to 0.6, the flag at 0.5. */
function mountainCar(): Scene {
  const [width, height] = [400, 270];
  const scale = width / 1.8;
  const left = (position: number) => (position + 1.2) * scale;
  const top = (position: number) => height - 20 - (Math.sin(3 * position) * 0.45 + 0.45) * scale;
  const points = Array.from({ length: 91 }, (_, k) => {
    const position = -1.2 + (1.8 * k) / 90;
    return `${left(position).toFixed(1)},${top(position).toFixed(1)}`;
  });
  const [flagX, flagY] = [left(0.5), top(0.5)];
  const tilted: Moved = {
    by: "rotate",
    // The slope of the valley where the car is.
    amount: (observation) => [-degrees(Math.atan(3 * 0.45 * Math.cos(3 * observation[0]!)))],
    content: [
      element("rect", { x: -18, y: -20, width: 36, height: 14, rx: 4, fill: "var(--c0)" }),
      circle(-10, -5, 5, "var(--ink)"),
      circle(10, -5, 5, "var(--ink)"),
    ],
  };
  return {
    width,
    height,
    content: [
      element("polyline", { points: points.join(" "), fill: "none", stroke: "var(--quiet)" }),
      line([flagX, flagY], [flagX, flagY - 36], "var(--ink)", 2),
      element("path", { d: `M${flagX} ${flagY - 36}l18 7l-18 7z`, fill: "var(--c1)" }),
      {
        by: "translate",
        amount: (observation) => [left(observation[0]!), top(observation[0]!)],
        content: [tilted],
      },
    ],
  };
}

/** How environments look whose observations are no pictures, by their names. */
export const scenes: Readonly<Record<string, () => Scene>> = {
  "CartPole-v1": cartPole,
  "Acrobot-v1": acrobot,
  "MountainCar-v0": mountainCar,
};
