import { isFloat } from "../dtype.js";
import type { Graph, GraphNode } from "../graph.js";
import { roundToHalf } from "../half.js";
import type { ScalarOp } from "../program.js";

const folds: { readonly [op in ScalarOp]?: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  negative: (a) => -a,
};

/**
 * Computes what is a number everywhere, the first gradients of a mean say. An operand that is a float32 leaves the result
 * one rounding away from the exact one, which double precision holds well enough to round once: backends of either
 * precision then get the bits that they would compute. Other operands are only negated, which is exact. Results in float16
 * are rounded at once, as backends round each op.
 */
export function foldConstants(graph: Graph): Graph {
  const values: (number | undefined)[] = [];
  const nodes = graph.nodes.map((node): GraphNode => {
    const { operation, inputs, dtype } = node;
    const [a, b = 0] = inputs.map((input) => values[input]);
    let value: number | undefined;
    if (operation.kind === "constant") value = operation.value;
    else if (["reshape", "transpose", "slice", "broadcast"].includes(operation.kind)) value = a;
    else if (operation.kind === "scalar" && isFloat(dtype) && a !== undefined && b !== undefined) {
      const exact = operation.op === "negative" || (isSingle(a) && isSingle(b));
      if (exact && inputs.every((input) => values[input] !== undefined)) value = folds[operation.op]?.(a, b);
      if (dtype === "float16" && value !== undefined) value = roundToHalf(value);
      values.push(value);
      return value === undefined ? node : { ...node, operation: { kind: "constant", value }, inputs: [] };
    }
    values.push(value);
    return node;
  });
  return { ...graph, nodes };
}

const isSingle = (value: number): boolean => Object.is(Math.fround(value), value);
