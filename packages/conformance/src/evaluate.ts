import { add, compile, grad, isFloat, multiply, scope, sum, type Tensor, tensor } from "@hekla/tensor";
import type { Values } from "./comparator.js";
import { seededRandom } from "./inputs.js";
import { applySample, floatInputs, inputTensors, type Sample, streamsOf } from "./sample.js";

/** What of a sample is computed: its result, the gradient of that, or the gradient of the gradient. */
export type Part = "forward" | "gradient" | "second";

/** How it is run: op by op, recorded and run at once, or from the plan that was kept of an earlier run. */
export type Mode = "eager" | "scope" | "compiled";

export const modes: readonly Mode[] = ["eager", "scope", "compiled"];

type Float = "float32" | "float64";

/** A fixed random direction for each of the float tensors among `like`; none for the others. */
export function directionsLike(like: readonly Values[], seed: string, float: Float = "float32"): Tensor[] {
  return like.flatMap(({ dtype, shape }, position) => {
    if (!isFloat(dtype)) return [];
    const random = seededRandom(`${seed}/${position}`);
    const size = shape.reduce((product, length) => product * length, 1);
    const values = Array.from({ length: size }, () => Math.fround(2 * random() - 1));
    const data = float === "float32" ? Float32Array.from(values) : Float64Array.from(values);
    return [tensor(data, { shape, dtype: dtype === "float16" ? dtype : float })];
  });
}

/** sum(results * directions) over the float tensors among the results: a scalar. */
export function project(results: readonly Tensor[], directions: readonly Tensor[]): Tensor {
  const floats = results.filter(({ dtype }) => isFloat(dtype));
  return floats
    .map((result, position) => sum(multiply(result, directions[position]!)))
    .reduce((a, b) => add(a, b));
}

/** Recorded gradients of sum(results * directions) in the float inputs of a sample. */
export function gradientsOf(
  sample: Sample,
  results: (...stored: Tensor[]) => Tensor[],
  stored: readonly Tensor[],
  directions: readonly Tensor[],
): Tensor[] {
  const projected = (...inputs: Tensor[]): Tensor => project(results(...inputs), directions);
  return grad(projected, floatInputs(sample))(...stored) as Tensor[];
}

/** Everything that a part of a sample is computed from. */
export interface Bindings {
  readonly stored: readonly Tensor[];
  /** Directions for the results of the op. */
  readonly cotangents: readonly Tensor[];
  /** Directions for the gradients, that is for the float inputs. */
  readonly tangents: readonly Tensor[];
}

/** A part of a sample as a function of its bindings; all of them are tensors, so that nothing is baked in. */
export function partOf(
  sample: Sample,
  part: Part,
  float: Float = "float32",
): (bindings: Bindings) => Tensor[] {
  const streams = streamsOf(sample);
  const forward = (...stored: Tensor[]): Tensor[] => applySample(sample, stored, streams, float);
  if (part === "forward") return ({ stored }) => forward(...stored);
  if (part === "gradient") {
    return ({ stored, cotangents }) => gradientsOf(sample, forward, stored, cotangents);
  }
  return ({ stored, cotangents, tangents }) => {
    const gradient = (...inputs: Tensor[]): Tensor[] => gradientsOf(sample, forward, inputs, cotangents);
    return gradientsOf(sample, gradient, stored, tangents);
  };
}

/** Tensors for a sample on the backend in use; the cotangents have the shapes of `forward`, its op's results. */
export function bindingsOf(
  sample: Sample,
  forward: readonly Values[],
  variant = 0,
  float: Float = "float32",
): Bindings {
  const stored = inputTensors(sample, variant, float);
  const floats = floatInputs(sample).map((position) => {
    const { shape, dtype } = stored[position]!;
    return { shape, dtype, data: [] };
  });
  const seed = `${sample.op}/${sample.sample}/${variant}`;
  return {
    stored,
    cotangents: directionsLike(forward, `${seed}/cotangent`, float),
    tangents: directionsLike(floats, `${seed}/tangent`, float),
  };
}

export const readValues = (tensors: readonly Tensor[]): Promise<Values[]> =>
  Promise.all(tensors.map(async (x) => ({ data: await x.data(), shape: x.shape, dtype: x.dtype })));

/**
 * The values of a part of a sample, computed in a mode on the backend in use. Compiled functions run on other
 * values first, so that nothing of the run that made the plan can stay in it.
 */
export async function evaluate(
  sample: Sample,
  part: Part,
  mode: Mode,
  forward: readonly Values[],
): Promise<Values[]> {
  const compute = partOf(sample, part);
  const bindings = bindingsOf(sample, part === "forward" ? [] : forward);
  if (mode === "eager") return readValues(compute(bindings));
  if (mode === "scope") return readValues(scope(() => compute(bindings)));
  const compiled = compile(compute);
  if (streamsOf(sample).length === 0) compiled(bindingsOf(sample, part === "forward" ? [] : forward, 1));
  return readValues(compiled(bindings));
}
