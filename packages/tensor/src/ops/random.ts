import type { Dtype } from "../dtype.js";
import { DataError } from "../errors.js";
import { named } from "../recording.js";
import { checkShape, rowMajorStrides, type Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { parity, rotations, rounds, streamKey } from "../threefry.js";
import { Variable } from "../variable.js";
import { cast } from "./cast.js";
import { coordinate, tensor, zeros } from "./creation.js";
import {
  add,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  cos,
  equal,
  less,
  log,
  maximum,
  minimum,
  mod,
  multiply,
  shiftLeft,
  shiftRight,
  sqrt,
  subtract,
  where,
} from "./elementwise.js";
import { gather } from "./indexing.js";
import { argsort } from "./scans.js";
import { broadcastTo, reshape, slice } from "./views.js";

/**
 * A named sequence of random draws. All streams of a run come from one seed and are unrelated to each other. Its
 * state is a Variable, so draws inside a compiled function differ from call to call and go on after a resume.
 */
export class RandomStream {
  /** int32 `[key 0, key 1, number of draws]`. */
  readonly state: Variable;

  /** @param index further distinction, such as the number of the layer. Default 0 */
  constructor(
    readonly seed: number,
    readonly name: string,
    index = 0,
  ) {
    if (!Number.isInteger(seed)) throw new DataError(`random: got seed ${seed}, expected a whole number`);
    const key = streamKey(seed, name, index);
    this.state = new Variable(() => tensor([...key, 0], { dtype: "int32" }), {
      name: `random/${name}/${index}`,
      trainable: false,
    });
  }
}

const rotate = (x: Tensor, by: number): Tensor => bitwiseOr(shiftLeft(x, by), shiftRight(x, 32 - by));

/** Threefry2x32-20 on int32 tensors; see threefry.ts. */
export function threefryTensors(
  key: readonly [Tensor, Tensor],
  counter: readonly [Tensor, Tensor],
): [Tensor, Tensor] {
  return named("threefry", () => {
    const keys = [key[0], key[1], bitwiseXor(bitwiseXor(key[0], key[1]), parity)];
    let x0 = add(counter[0], keys[0]!);
    let x1 = add(counter[1], keys[1]!);
    for (let round = 0; round < rounds; round++) {
      x0 = add(x0, x1);
      x1 = bitwiseXor(rotate(x1, rotations[(round >> 2) & 1]![round & 3]!), x0);
      if (round % 4 === 3) {
        const injection = (round + 1) / 4;
        x0 = add(x0, keys[injection % 3]!);
        x1 = add(x1, add(keys[(injection + 1) % 3]!, injection));
      }
    }
    return [x0, x1];
  });
}

/** The row-major index of each element, int32. */
function linearIndex(shape: Shape): Tensor {
  const strides = rowMajorStrides(shape);
  const parts = shape.flatMap((size, axis) => {
    const at = coordinate(shape, axis);
    return size === 1 ? [] : [strides[axis] === 1 ? at : multiply(at, strides[axis]!)];
  });
  return parts.length === 0 ? zeros(shape, { dtype: "int32" }) : parts.reduce((sum, part) => add(sum, part));
}

/** Both words of Threefry at counter (what `block` makes of the index, number of the draw), int32. */
function draw(
  shape: Shape,
  stream: RandomStream,
  block: (index: Tensor) => Tensor,
): [Tensor, Tensor, Tensor] {
  const state = stream.state.read();
  const word = (at: number): Tensor => broadcastTo(slice(state, [at], [1]), shape);
  const index = linearIndex(shape);
  const words = threefryTensors([word(0), word(1)], [block(index), word(2)]);
  stream.state.assign(add(state, cast(equal(coordinate([3], 0), 2), "int32")));
  return [...words, index];
}

/**
 * 32 random bits for each element, int32: elements 2i and 2i + 1, in row-major order, are the words of Threefry at
 * counter (i, number of the draw).
 */
export const randomBits = (shape: Shape, stream: RandomStream): Tensor =>
  named("randomBits", () => {
    checkShape("randomBits", shape);
    // Backends that do neighbours together compute the words once for both.
    const flat = shape.length === 0 ? [1] : shape;
    const [even, odd, index] = draw(flat, stream, (at) => shiftRight(at, 1));
    const bits = where(equal(bitwiseAnd(index, 1), 0), even, odd);
    return shape.length === 0 ? reshape(bits, []) : bits;
  });

/** The upper 24 bits as a float in [0, 1), a multiple of 2^-24. */
const fraction = (bits: Tensor): Tensor => multiply(cast(shiftRight(bits, 8), "float32"), 2 ** -24);
const unit = (shape: Shape, stream: RandomStream): Tensor => fraction(randomBits(shape, stream));

/** Options of `randomUniform`. */
export interface UniformOptions {
  /** Default 0. */
  readonly min?: number;
  /** Not reached. Default 1. */
  readonly max?: number;
  readonly dtype?: Dtype;
}

/** Uniform in [min, max). */
export const randomUniform = (shape: Shape, stream: RandomStream, options: UniformOptions = {}): Tensor =>
  named("randomUniform", () => {
    const { min = 0, max = 1, dtype = "float32" } = options;
    const value = unit(shape, stream);
    return cast(min === 0 && max === 1 ? value : add(multiply(value, max - min), min), dtype);
  });

/** Options of `randomNormal` and `truncatedNormal`. */
export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Default 1. */
  readonly standardDeviation?: number;
  readonly dtype?: Dtype;
}

/** Normal, by Box and Muller's method: radius and angle of an element are the two words of one counter. */
export const randomNormal = (shape: Shape, stream: RandomStream, options: NormalOptions = {}): Tensor =>
  named("randomNormal", () => {
    const { mean = 0, standardDeviation = 1, dtype = "float32" } = options;
    checkShape("randomNormal", shape);
    const flat = shape.length === 0 ? [1] : shape;
    const [first, second] = draw(flat, stream, (index) => index).map(fraction) as [Tensor, Tensor];
    // 1 - u lies in (0, 1], where the logarithm is finite.
    const radius = sqrt(multiply(log(subtract(1, first)), -2));
    const value = multiply(radius, cos(multiply(second, 2 * Math.PI)));
    const result = cast(add(multiply(value, standardDeviation), mean), dtype);
    return shape.length === 0 ? reshape(result, []) : result;
  });

/** How often an out-of-range value is drawn again; one is left over in 10^10. */
const redraws = 8;

/** Normal, values beyond two standard deviations drawn again. */
export const truncatedNormal = (shape: Shape, stream: RandomStream, options: NormalOptions = {}): Tensor =>
  named("truncatedNormal", () => {
    const { mean = 0, standardDeviation = 1, dtype = "float32" } = options;
    let value = randomNormal(shape, stream);
    for (let i = 1; i < redraws; i++) {
      value = where(less(multiply(value, value), 4), value, randomNormal(shape, stream));
    }
    return cast(add(multiply(minimum(maximum(value, -2), 2), standardDeviation), mean), dtype);
  });

/** True with the given probability, as bool. */
export const randomBernoulli = (
  shape: Shape,
  stream: RandomStream,
  options: { readonly probability?: number } = {},
): Tensor => named("randomBernoulli", () => less(unit(shape, stream), options.probability ?? 0.5));

/** Uniform whole number in [min, max), int32; the bias is below (max - min) / 2^31. */
export const randomInt = (
  shape: Shape,
  stream: RandomStream,
  options: { readonly min?: number; readonly max: number },
): Tensor =>
  named("randomInt", () => {
    const { min = 0, max } = options;
    if (!(max > min)) throw new DataError(`randomInt: got min ${min} and max ${max}, expected max above min`);
    return add(mod(shiftRight(randomBits(shape, stream), 1), max - min), min);
  });

/** 0 .. n - 1 in random order, int32. */
export const randomPermutation = (n: number, stream: RandomStream): Tensor =>
  named("randomPermutation", () =>
    // Stable order of random 32-bit keys; equal keys (rare) keep their order.
    argsort(randomBits([n], stream)),
  );

/** The rows of `x` in random order. */
export const shuffle = (x: Tensor, stream: RandomStream): Tensor =>
  named("shuffle", () => gather(x, randomPermutation(x.shape[0]!, stream)));
