import * as tf from "@tensorflow/tfjs-core";
import { uniform } from "../src/inputs.js";
import { BANDWIDTH_CASES, type OperationName, SCALAR } from "../src/measures/bandwidth-cases.js";
import { type Run, serveTimed } from "../src/measures/timed-cases.js";
import { chooseBackend } from "./tensorflow.js";

/** Operands of the size that is being measured; those of the last one are given back first. */
let operands: tf.Tensor[] = [];

/**
 * Results are new tensors there, given back at once. It has no copy of a tensor's values, and Adam is many
 * kernels.
 */
function prepare(operation: OperationName, count: number): Run {
  if (operands[0]?.size !== count) {
    tf.dispose(operands);
    operands = [1, 2].map((stream) => tf.tensor1d(uniform(stream, count)));
  }
  const [a, b] = operands as [tf.Tensor, tf.Tensor];
  const programs: Partial<Record<OperationName, () => tf.Tensor>> = {
    triad: () => tf.tidy(() => tf.add(a, tf.mul(b, SCALAR))),
    relu: () => tf.relu(a),
    exp: () => tf.exp(a),
    sum: () => tf.sum(a),
  };
  const program = programs[operation]!;
  return () => program().dispose();
}

await serveTimed(async () => {
  const detail = await chooseBackend("wasm");
  return {
    version: `TensorFlow.js ${tf.version_core}`,
    detail,
    cases: BANDWIDTH_CASES.filter(({ operation }) => operation !== "copy" && operation !== "adam").map(
      ({ name, operation, count }) => ({ name, prepare: () => prepare(operation, count) }),
    ),
  };
});
