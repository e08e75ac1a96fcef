import { ShapeError } from "../errors.js";
import { record, scope } from "../recording.js";
import { matmul as reference } from "../reference/matmul.js";
import { broadcastShapes, formatShape, sameShape, sizeOf } from "../shape.js";
import { Tensor, type TensorLike } from "../tensor.js";
import { asTensor } from "./creation.js";
import { unifyFloats } from "./unify.js";
import { broadcastTo, reshape, transpose } from "./views.js";

/** Options of `matmul`. */
export interface MatmulOptions {
  /** Read `a` with its last two axes swapped. Default false. */
  readonly transposeA?: boolean;
  /** Read `b` with its last two axes swapped. Default false. */
  readonly transposeB?: boolean;
}

/** The operand under its swapped view, when it is just a swap of the last two axes of something in memory. */
function unswap(x: Tensor): Tensor | undefined {
  const { operation, inputs } = x.node;
  if (x.node.source || operation.kind !== "transpose") return undefined;
  const { permutation } = operation;
  const rank = permutation.length;
  const swaps = permutation.every((axis, at) => axis === (at < rank - 2 ? at : 2 * rank - 3 - at));
  return swaps ? new Tensor(inputs[0]!) : undefined;
}

/**
 * Matrix product over the last two axes; leading axes broadcast.
 * `c[..., i, j] = sum_k a[..., i, k] * b[..., k, j]`
 * @param a `[...batch, m, k]`, or `[...batch, k, m]` with `transposeA`
 * @param b `[...batch, k, n]`, or `[...batch, n, k]` with `transposeB`
 * @returns `[...batch, m, n]`
 * @throws ShapeError when an operand has fewer than two axes or the inner sizes differ
 */
export const matmul = (a: TensorLike, b: TensorLike, options: MatmulOptions = {}): Tensor =>
  scope(() => {
    let [x, y] = unifyFloats([asTensor(a), asTensor(b)]) as [Tensor, Tensor];
    let transposeA = options.transposeA ?? false;
    let transposeB = options.transposeB ?? false;
    const shapes =
      `(${formatShape(x.shape)}${transposeA ? " transposed" : ""}, ` +
      `${formatShape(y.shape)}${transposeB ? " transposed" : ""})`;
    if (x.rank < 2 || y.rank < 2) {
      throw new ShapeError(
        `matmul: got operands of rank ${x.rank} and ${y.rank} ${shapes}, expected 2 or more`,
      );
    }
    const rows = x.shape.at(transposeA ? -1 : -2)!;
    const inner = x.shape.at(transposeA ? -2 : -1)!;
    const columns = y.shape.at(transposeB ? -2 : -1)!;
    const innerB = y.shape.at(transposeB ? -1 : -2)!;
    if (inner !== innerB) {
      throw new ShapeError(
        `matmul: inner sizes differ, got ${inner} and ${innerB} ${shapes}, expected them equal`,
      );
    }
    const swappedA = unswap(x);
    if (swappedA) [x, transposeA] = [swappedA, !transposeA];
    const swappedB = unswap(y);
    if (swappedB) [y, transposeB] = [swappedB, !transposeB];
    const batchA = x.shape.slice(0, -2);
    const batchB = y.shape.slice(0, -2);
    const batchShape = broadcastShapes("matmul", [batchA, batchB]);
    const shape = [...batchShape, rows, columns];
    // An operand without batch axes serves every batch element; other mixtures are stretched first.
    const full = (operand: Tensor, own: readonly number[]): Tensor =>
      sizeOf(own) === 1 || sameShape(own, batchShape)
        ? operand
        : broadcastTo(operand, [...batchShape, ...operand.shape.slice(-2)]);
    x = full(x, batchA);
    y = full(y, batchB);
    const batch = sizeOf(batchShape);
    const single = (operand: Tensor): boolean => sizeOf(operand.shape.slice(0, -2)) === 1;
    if (batch !== 1 && single(y) && !transposeA) {
      // One right operand for all: the batch is just more rows.
      const flat = matmul(reshape(x, [-1, inner]), reshape(y, y.shape.slice(-2)), { transposeB });
      return reshape(flat, shape);
    }
    const routine = {
      name: "matmul",
      dtype: x.dtype,
      batch,
      m: rows,
      n: columns,
      k: inner,
      transposeA,
      transposeB,
      batchedA: batch !== 1 && !single(x),
      batchedB: batch !== 1 && !single(y),
    } as const;
    return record({ kind: "routine", routine, reference }, [x, y], shape, x.dtype, (dy, [p, q]) => {
      const towardsA = transposeA
        ? matmul(q!, dy, { transposeA: transposeB, transposeB: true })
        : matmul(dy, q!, { transposeB: !transposeB });
      const towardsB = transposeB
        ? matmul(dy, p!, { transposeA: true, transposeB: transposeA })
        : matmul(p!, dy, { transposeA: !transposeA });
      return [unbroadcast(towardsA, p!), unbroadcast(towardsB, q!)];
    });
  });

/** Sums a gradient over batch axes that were stretched. */
function unbroadcast(gradient: Tensor, like: Tensor): Tensor {
  if (sameShape(gradient.shape, like.shape)) return gradient;
  const lead = gradient.rank - like.rank;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < lead || like.shape[axis - lead] !== size ? [axis] : [],
  );
  return reshape(gradient.sum({ axes }), like.shape);
}

/** The last two axes swapped. */
export const matrixTranspose = (x: TensorLike): Tensor =>
  scope(() => {
    const source = asTensor(x);
    if (source.rank < 2) {
      throw new ShapeError(
        `matrixTranspose: got shape ${formatShape(source.shape)}, expected 2 axes or more`,
      );
    }
    const last = source.rank - 1;
    return transpose(
      source,
      source.shape.map((_, axis) => (axis < last - 1 ? axis : 2 * last - 1 - axis)),
    );
  });
