import {
  averagePool2d,
  type Conv2DOptions,
  conv2d,
  gatherAlong,
  grad,
  logSoftmax,
  type MatmulOptions,
  matmul,
  maxPool2d,
  multiply,
  negative,
  type Pool2DOptions,
  reshape,
  sum,
  type Tensor,
  tensor,
} from "@hekla/tensor";
import conv2dFile from "../goldens/conv2d.json" with { type: "json" };
import matmulFile from "../goldens/matmul.json" with { type: "json" };
import poolingFile from "../goldens/pooling.json" with { type: "json" };
import crossEntropyFile from "../goldens/softmax-cross-entropy.json" with { type: "json" };
import { difference, type Tolerance } from "./comparator.js";
import { readValues } from "./evaluate.js";

/** Row-major float64 values as the scripts in `scripts/golden` write them. */
export interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** One op on given inputs, and the gradients of sum(output * cotangent). */
export interface GoldenCase {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, GoldenArray>>;
  readonly cotangent: GoldenArray;
  readonly output: GoldenArray;
  readonly gradients: Readonly<Record<string, GoldenArray>>;
}

export type Float = "float32" | "float64";

export function goldenTensor({ shape, data }: GoldenArray, dtype: Float): Tensor {
  return tensor(dtype === "float64" ? Float64Array.from(data) : Float32Array.from(data), { shape, dtype });
}

type Attributes = Readonly<Record<string, unknown>>;
type GoldenOp = (attributes: Attributes, inputs: readonly Tensor[]) => Tensor;

/** -log softmax(logits)[label] for each row. */
const crossEntropy: GoldenOp = ({ labels }, [logits]) => {
  const indices = tensor(Int32Array.from(labels as number[]), { shape: [logits!.shape[0]!, 1] });
  return negative(reshape(gatherAlong(logSoftmax(logits!), indices, { axis: 1 }), [-1]));
};

const pool: GoldenOp = ({ kind, ...options }, [input]) =>
  (kind === "max" ? maxPool2d : averagePool2d)(input!, options as Pool2DOptions);

/** The goldens of single ops: their file, made by PyTorch in float64, and the op that must give the same. */
export const opGoldens: Readonly<Record<string, { cases: readonly GoldenCase[]; op: GoldenOp }>> = {
  matmul: {
    cases: matmulFile.cases as unknown as GoldenCase[],
    op: (options, [a, b]) => matmul(a!, b!, options as MatmulOptions),
  },
  conv2d: {
    cases: conv2dFile.cases as unknown as GoldenCase[],
    op: (options, [input, kernel]) => conv2d(input!, kernel!, options as Conv2DOptions),
  },
  pooling: { cases: poolingFile.cases as unknown as GoldenCase[], op: pool },
  "softmax cross-entropy": { cases: crossEntropyFile.cases as unknown as GoldenCase[], op: crossEntropy },
};

/** What is wrong with an op's output and gradients on a golden case, on the backend in use. */
export async function checkGolden(
  golden: GoldenCase,
  op: GoldenOp,
  dtype: Float,
  tolerance: Tolerance,
): Promise<string[]> {
  const names = Object.keys(golden.inputs);
  const inputs = names.map((name) => goldenTensor(golden.inputs[name]!, dtype));
  const run = (...tensors: Tensor[]): Tensor => op(golden.attributes, tensors);
  const weighted = (...tensors: Tensor[]): Tensor =>
    sum(multiply(run(...tensors), goldenTensor(golden.cotangent, dtype)));
  const gradients = grad(
    weighted,
    names.map((_, position) => position),
  )(...inputs) as Tensor[];
  const actual = await readValues([run(...inputs), ...gradients]);
  const expected = [golden.output, ...names.map((name) => golden.gradients[name]!)];
  return actual.flatMap((values, position) => {
    const problem = difference(values, { ...expected[position]!, dtype }, tolerance);
    const what = position === 0 ? "output" : `gradient of ${names[position - 1]}`;
    return problem === undefined ? [] : [`${golden.name}: ${what}: ${problem}`];
  });
}
