import { add, multiply, sum, type Tensor, type TensorLike } from "@hekla/tensor";
import { bindingsOf, directionsLike, gradientsOf, project, readValues } from "./evaluate.js";
import { applySample, floatInputs, type Sample, streamsOf } from "./sample.js";

/** Step of the central differences; a power of two, so that x + h v is off by one rounding only. */
const step = 2 ** -17;
/**
 * The difference is off by h^2 f''' / 6, about 1e-11 f''', and by the rounding of f over h, 1e-11 f.
 * Constants inside ops may be float32: 6e-8. Values and derivatives of the samples are of size 1 to 1000.
 */
const bound = 1e-6;

/** What is wrong between a function's gradient along a direction and its central difference; none if right. */
function compare(analytic: number, difference: number, scale: number): string | undefined {
  const error = Math.abs(analytic - difference);
  if (error <= bound * Math.max(1, scale)) return undefined;
  return `gradient ${analytic}, central difference ${difference}`;
}

type Results = (...stored: Tensor[]) => Tensor[];

/** Checks d/dx sum(results(x) * directions) along a random direction in all float inputs at once. */
async function checkAlong(
  sample: Sample,
  results: Results,
  stored: readonly Tensor[],
  directions: readonly Tensor[],
  seed: string,
): Promise<string | undefined> {
  const positions = floatInputs(sample);
  const values = await readValues(positions.map((position) => stored[position]!));
  const ways = directionsLike(values, seed, "float64");
  const gradients = gradientsOf(sample, results, stored, directions);
  const products = gradients.map((gradient, at) => sum(multiply(gradient, ways[at]!)));
  const analytic = await products.reduce((a: Tensor, b) => add(a, b)).item();
  const at = (distance: number): TensorLike[] =>
    stored.map((input, position) => {
      const way = ways[positions.indexOf(position)];
      return way ? add(input, multiply(way, distance)) : input;
    });
  const value = (distance: number): Promise<number> =>
    project(results(...(at(distance) as Tensor[])), directions).item();
  const [high, low] = [await value(step), await value(-step)];
  return compare(
    analytic,
    (high - low) / (2 * step),
    Math.max(Math.abs(high), Math.abs(low), Math.abs(analytic)),
  );
}

/**
 * Central differences in float64 for the gradient of a sample and, where it asks for that, for its second
 * derivative, each along two random directions. The float64 reference backend must be in use.
 */
export async function checkGradient(sample: Sample): Promise<string[]> {
  const problems: string[] = [];
  const forward: Results = (...stored) => applySample(sample, stored, streamsOf(sample), "float64");
  const shapes = await readValues(forward(...bindingsOf(sample, [], 0, "float64").stored));
  const { stored, cotangents, tangents } = bindingsOf(sample, shapes, 0, "float64");
  const gradient: Results = (...inputs) => gradientsOf(sample, forward, inputs, cotangents);
  for (const seed of ["a", "b"]) {
    const name = `${sample.op}/${sample.sample}/${seed}`;
    const first = await checkAlong(sample, forward, stored, cotangents, name);
    if (first !== undefined) problems.push(`${name}: ${first}`);
    if (!sample.second) continue;
    const second = await checkAlong(sample, gradient, stored, tangents, name);
    if (second !== undefined) problems.push(`${name}, second: ${second}`);
  }
  return problems;
}
