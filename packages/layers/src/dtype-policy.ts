import { cast, DataError, type Dtype, type Tensor, Variable } from "@hekla/tensor";
import { castFloats } from "./cast-floats.js";
import { type Inputs, listOf } from "./symbolic-tensor.js";

/**
 * What layers keep their weights in and compute in. "float32": both. "mixedFloat16": weights are float32; a layer casts them
 * and its inputs to float16 when it is called, and gives float16. Source: Keras 3 `DTypePolicy`; Micikevicius et al. 2018.
 */
export type DtypePolicy = "float32" | "mixedFloat16";

const state: { policy: DtypePolicy; reads: Dtype | undefined } = { policy: "float32", reads: undefined };

/** The policy of layers that are made without one of their own: "float32" until `setDtypePolicy`. */
export const dtypePolicy = (): DtypePolicy => state.policy;

/**
 * Sets the policy of all layers and models that are made from now on. Give the last layer `dtype: "float32"`, so that
 * softmax and loss lose nothing; `compile` scales the loss by itself.
 * @throws DataError for an unknown policy
 */
export function setDtypePolicy(policy: DtypePolicy): void {
  state.policy = checkedPolicy("setDtypePolicy", policy);
}

/** Makes layers under another policy. */
export function withDtypePolicy<T>(policy: DtypePolicy, make: () => T): T {
  const outer = state.policy;
  state.policy = policy;
  try {
    return make();
  } finally {
    state.policy = outer;
  }
}

/** The policy itself; throws DataError where it is none. */
export function checkedPolicy(owner: string, policy: DtypePolicy): DtypePolicy {
  if (policy === "float32" || policy === "mixedFloat16") return policy;
  throw new DataError(
    `${owner}: unknown dtype policy, got ${JSON.stringify(policy)}, expected "float32" or "mixedFloat16"`,
  );
}

/** A weight: its layer reads it in the type that it computes in, everybody else as it is kept. */
export class Weight extends Variable {
  override read(): Tensor {
    const value = super.read();
    return state.reads ? cast(value, state.reads) : value;
  }
}

/** The float type that weights are read in now, for what stands beside them: dropout masks, first states. */
export const readDtype = (): Dtype => state.reads ?? "float32";

/**
 * What a layer's `call` gives for inputs cast to `dtype`, weights read in it, cast to `result`. Undefined casts nothing.
 */
export function callAs(
  dtype: Dtype | undefined,
  result: Dtype,
  inputs: Inputs<Tensor>,
  call: (inputs: Inputs<Tensor>) => Inputs<Tensor>,
): readonly Tensor[] {
  const outer = state.reads;
  state.reads = dtype === "float16" ? dtype : undefined;
  try {
    if (!dtype) return listOf(call(inputs));
    const list = listOf(inputs);
    const given = list.map((x) => castFloats(x, dtype));
    return listOf(call(list === inputs ? given : given[0]!)).map((x) => castFloats(x, result));
  } finally {
    state.reads = outer;
  }
}
