import { ShapeError } from "../errors.js";
import { named, record } from "../recording.js";
import { maskedMatmul as reference } from "../reference/masked-matmul.js";
import type { MaskedMatmulRoutine } from "../routine.js";
import { formatShape } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asTensor } from "./creation.js";
import { multiply } from "./elementwise.js";
import { matmul } from "./matmul.js";
import { concat } from "./moves.js";
import { sum } from "./reductions.js";
import { unifyFloats } from "./unify.js";
import { expandDims, reshape, slice } from "./views.js";

type Sizes = Omit<MaskedMatmulRoutine, "name">;

/** Below these sizes kernels have no whole tile, and the ops that the product is made of are as good. */
const fewest = { batch: 1, steps: 4, features: 8, units: 8 } as const;

/** The columns of a gate of `[..., gates * size]`. */
const gateOf = (x: Tensor, gate: number, size: number): Tensor =>
  slice(x, [...x.shape.slice(1).map(() => 0), gate * size], [...x.shape.slice(0, -1), size]);

const join = (parts: readonly Tensor[]): Tensor => concat(parts, { axis: -1 });

/** The same by other ops, gate by gate. */
function compose(
  name: MaskedMatmulRoutine["name"],
  { batch, steps, features, gates, units }: Sizes,
  [left, masks, right]: readonly [Tensor, Tensor, Tensor],
): Tensor {
  const rows = (x: Tensor): Tensor => reshape(x, [batch * steps, x.shape[2]!]);
  const parts = Array.from({ length: gates }, (_, gate) => {
    const mask = expandDims(gateOf(masks, gate, features), 1);
    if (name === "maskedMatmulInputGradient") {
      const [dy, kernel] = [gateOf(left, gate, units), gateOf(right, gate, units)];
      return multiply(
        reshape(matmul(rows(dy), kernel, { transposeB: true }), [batch, steps, features]),
        mask,
      );
    }
    const x = rows(multiply(left, mask));
    const own = gateOf(right, gate, units);
    return name === "maskedMatmul" ? matmul(x, own) : matmul(x, rows(own), { transposeA: true });
  });
  if (name === "maskedMatmulInputGradient") return parts.reduce((total, part) => total.add(part));
  return name === "maskedMatmul" ? reshape(join(parts), [batch, steps, gates * units]) : join(parts);
}

/** `dm = sum_t x * (dy kernel^T)`, gate by gate. */
function maskGradient(
  { batch, steps, features, gates, units }: Sizes,
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
) {
  const parts = Array.from({ length: gates }, (_, gate) => {
    const rows = reshape(gateOf(dy, gate, units), [batch * steps, units]);
    const through = matmul(rows, gateOf(kernel, gate, units), { transposeB: true });
    return sum(multiply(x, reshape(through, [batch, steps, features])), { axes: 1 });
  });
  return join(parts);
}

/**
 * One of the three forms of the product. What they sum up, `x * mask * kernel * dy`, is linear in each factor, so that
 * gradients of each form are the others.
 */
function product(
  name: MaskedMatmulRoutine["name"],
  sizes: Sizes,
  operands: readonly [left: Tensor, masks: Tensor, right: Tensor],
): Tensor {
  const { batch, steps, features, gates, units } = sizes;
  const whole = Object.entries(fewest).every(([size, least]) => sizes[size as keyof typeof fewest] >= least);
  if (!whole) return compose(name, sizes, operands);
  const { dtype } = operands[0];
  const shape = {
    maskedMatmul: [batch, steps, gates * units],
    maskedMatmulInputGradient: [batch, steps, features],
    maskedMatmulKernelGradient: [features, gates * units],
  }[name];
  const routine = { name, dtype, ...sizes } as const;
  return record({ kind: "routine", routine, reference }, operands, shape, dtype, (upper, inputs) => {
    const [left, masks, right] = inputs as readonly Tensor[] as [Tensor, Tensor, Tensor];
    // The factors: the form's own result stands for the one that it sums for.
    const { x, kernel, dy } = {
      maskedMatmul: { x: left, kernel: right, dy: upper },
      maskedMatmulInputGradient: { x: upper, kernel: right, dy: left },
      maskedMatmulKernelGradient: { x: left, kernel: upper, dy: right },
    }[name];
    const by = {
      x: () => product("maskedMatmulInputGradient", sizes, [dy, masks, kernel]),
      kernel: () => product("maskedMatmulKernelGradient", sizes, [x, masks, dy]),
      dy: () => product("maskedMatmul", sizes, [x, masks, kernel]),
    };
    const ofMasks = maskGradient(sizes, x, kernel, dy);
    if (name === "maskedMatmul") return [by.x(), ofMasks, by.kernel()];
    return name === "maskedMatmulInputGradient"
      ? [by.dy(), ofMasks, by.kernel()]
      : [by.x(), ofMasks, by.dy()];
  });
}

/** The gradients of the masks and of the kernel of `maskedMatmul`, from its operands, which are not checked. */
export function maskedMatmulGradients(
  x: Tensor,
  masks: Tensor,
  kernel: Tensor,
  dy: Tensor,
): { masks: Tensor; kernel: Tensor } {
  const [batch, steps, features] = x.shape as [number, number, number];
  const gates = masks.shape[1]! / features;
  const sizes = { batch, steps, features, gates, units: dy.shape[2]! / gates };
  return {
    masks: maskGradient(sizes, x, kernel, dy),
    kernel: product("maskedMatmulKernelGradient", sizes, [x, masks, dy]),
  };
}

/**
 * A product of each gate of a recurrent cell with inputs of which it drops features of its own, the same in all steps:
 * `y[b, t, gate] = (x[b, t] * masks[b, gate]) kernel[gate]`. What is dropped costs nothing: 0 times anything is 0 here, be
 * it a mask or a feature that is 0 in all steps of a sample.
 * @param x `[batch, steps, features]`
 * @param masks `[batch, gates * features]`, gate by gate
 * @param kernel `[features, gates * units]`
 * @returns `[batch, steps, gates * units]`
 * @throws ShapeError when shapes do not fit
 * Source: Gal and Ghahramani 2016; Keras 3 `LSTMCell.call` with a recurrent dropout.
 */
export const maskedMatmul = (x: TensorLike, masks: TensorLike, kernel: TensorLike): Tensor =>
  named("maskedMatmul", () => {
    const operands = unifyFloats([x, masks, kernel].map((like) => asTensor(like)));
    const [left, mask, right] = operands as [Tensor, Tensor, Tensor];
    const [batch, steps, features] = left.shape as [number, number, number];
    const gates = mask.shape[1]! / features;
    const units = right.shape[1]! / gates;
    const fits =
      left.rank === 3 &&
      mask.rank === 2 &&
      right.rank === 2 &&
      mask.shape[0] === batch &&
      right.shape[0] === features &&
      [gates, units].every((count) => Number.isInteger(count) && count > 0);
    if (!fits) {
      throw new ShapeError(
        `maskedMatmul: got x ${formatShape(left.shape)}, masks ${formatShape(mask.shape)} and kernel ` +
          `${formatShape(right.shape)}, expected [batch, steps, features], [batch, gates * features] and ` +
          "[features, gates * units]",
      );
    }
    return product("maskedMatmul", { batch, steps, features, gates, units }, [left, mask, right]);
  });
