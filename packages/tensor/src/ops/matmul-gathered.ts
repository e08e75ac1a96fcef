import { isFloat } from "../dtype.js";
import type { Operation } from "../node.js";
import { record, scope } from "../recording.js";
import { distinct as distinctReference, matmulGathered as reference } from "../reference/matmul-gathered.js";
import type { GatherRoutine, MatmulGatheredRoutine } from "../routine.js";
import { Tensor, type TensorLike } from "../tensor.js";
import { asTensor } from "./creation.js";
import { matmul } from "./matmul.js";
import { unifyFloats } from "./unify.js";
import { reshape } from "./views.js";

/** Below these sizes kernels have no whole tile, or sum up in another order than `matmul`. */
const fewest = { count: 16, inner: 8, columns: 8 } as const;
/** Products that `matmul` adds up in one go. */
const longestSum = 256;
/** Multiply-adds that are worth a look at the indices. */
const leastWork = 1 << 16;

/** A gather of whole rows. */
interface Rows {
  readonly routine: GatherRoutine;
  readonly table: Tensor;
  readonly indices: Tensor;
}

/** The gather of rows that `x` is nothing else than another shape of. */
function rowsOf(x: Tensor): Rows | undefined {
  let { node } = x;
  while (!node.source && node.operation.kind === "reshape") node = node.inputs[0]!;
  const { operation, inputs, source } = node;
  if (source || operation.kind !== "routine" || operation.routine.name !== "gather") return undefined;
  const { routine } = operation;
  if (routine.outer !== 1 || routine.inner !== x.shape.at(-1)) return undefined;
  return { routine, table: new Tensor(inputs[0]!), indices: new Tensor(inputs[1]!) };
}

/** The distinct ones of the indices of a gather. */
function distinctOf(indices: Tensor, { axisSize, count, beyond }: GatherRoutine): Tensor {
  const routine = { name: "distinct", dtype: "int32", axisSize, count, clamps: !beyond } as const;
  const operation = { kind: "routine", routine, reference: distinctReference } as const;
  return record(operation, [indices], [1 + 3 * count], "int32");
}

const operationOf = (
  name: MatmulGatheredRoutine["name"],
  { axisSize, count, inner, beyond }: GatherRoutine,
  { dtype, shape }: Tensor,
): Operation => {
  const routine = { name, dtype, axisSize, count, inner, columns: shape[1]!, ...(beyond && { beyond }) };
  return { kind: "routine", routine, reference };
};

/** `dx = dy kernel^T`, which knows how its rows are best added up in a table: those of one index before the product. */
function rowsGradient(dy: Tensor, kernel: Tensor): Tensor {
  const gradient = matmul(dy, kernel, { transposeB: true });
  const { node } = gradient;
  if (node.operation.kind === "routine") {
    node.operation = {
      ...node.operation,
      scattered: (indices, routine) => [
        operationOf("matmulGatheredTableGradient", routine, dy),
        [dy, distinctOf(indices, routine), kernel],
      ],
    };
  }
  return gradient;
}

/** `dkernel = x^T dy` */
function kernelGradient(x: Tensor, dy: Tensor): Tensor {
  const rows = rowsOf(x);
  if (!rows) return matmul(x, dy, { transposeA: true });
  const { routine, table, indices } = rows;
  const operation = operationOf("matmulGatheredKernelGradient", routine, dy);
  const inputs = [table, distinctOf(indices, routine), dy];
  const shape = [routine.inner, dy.shape[1]!];
  // What it stands for is differentiated.
  const rule = (upper: Tensor, [p, q]: readonly Tensor[]) => [
    matmul(q!, upper, { transposeB: true }),
    matmul(p!, upper),
  ];
  return record(operation, inputs, shape, dy.dtype, rule, [x, dy]);
}

/**
 * `matmul(x, kernel)`, which multiplies each row of a table only once where `x` has been gathered from one: of the tokens
 * of a batch of texts few are distinct, padding above all. The gradient adds up what belongs to one row before its
 * products.
 *
 * Only a gather in the same scope or compiled function is seen, with nothing behind it that changes rows. Without one this
 * is `matmul`; the result has the same bits.
 * @param x `[...batch, features]`
 * @param kernel `[features, columns]`
 * @returns `[...batch, columns]`
 */
export const matmulGathered = (x: TensorLike, kernel: TensorLike): Tensor =>
  scope(() => {
    const [left, right] = unifyFloats([asTensor(x), asTensor(kernel)]) as [Tensor, Tensor];
    const rows = right.rank === 2 && isFloat(left.dtype) ? rowsOf(left) : undefined;
    if (!rows) return matmul(left, right);
    const { routine, table, indices } = rows;
    const { count, inner } = routine;
    const columns = right.shape[1]!;
    const sizes = { count, inner, columns };
    const whole = Object.entries(fewest).every(
      ([size, least]) => sizes[size as keyof typeof fewest] >= least,
    );
    const fits = inner === right.shape[0] && inner <= longestSum;
    if (!whole || !fits || count * inner * columns < leastWork) return matmul(left, right);
    const flat = reshape(left, [count, inner]);
    const operation = operationOf("matmulGathered", routine, right);
    const inputs = [table, distinctOf(indices, routine), right];
    const rule = (dy: Tensor, [p, q]: readonly Tensor[]) => [rowsGradient(dy, q!), kernelGradient(p!, dy)];
    const product = record(operation, inputs, [count, columns], right.dtype, rule, [flat, right]);
    return reshape(product, [...left.shape.slice(0, -1), columns]);
  });
