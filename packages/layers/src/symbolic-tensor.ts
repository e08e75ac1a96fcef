import type { Dtype, Tensor } from "@hekla/tensor";
import type { BatchShape } from "./batch-shape.js";
import type { Layer } from "./layer.js";
import type { FunctionGraph } from "./models/function-graph.js";

/** One use of a layer in the making of a functional model. */
export interface LayerUse {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  /** Whether the layer was given a list, which it gets even if there is one input only. */
  readonly list: boolean;
  /** Plain settings of the call (`useCausalMask`, say). */
  readonly options: Readonly<Record<string, unknown>>;
  readonly outputs: readonly SymbolicTensor[];
}

/** Makes the graph between symbolic tensors. */
export type GraphMaker = (
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
) => FunctionGraph;

/**
 * Stands for the batches that will flow through a functional model: made by `input`, passed on by layers that are
 * applied to it. It has a shape but no values.
 */
export class SymbolicTensor {
  /** Internal: the use of a layer that gives it; undefined while that is being made. */
  use: LayerUse | undefined;

  constructor(
    /** Shape of a batch; null where a size is open. */
    readonly shape: BatchShape,
    readonly dtype: Dtype,
    /** Internal: handed on from `input`, so that only apps with functional models bundle what makes their graphs. */
    readonly makeGraph: GraphMaker,
  ) {}

  toString(): string {
    return `SymbolicTensor(${this.shape.map((size) => size ?? "None").join(", ")})`;
  }
}

/** What layers are applied to: one value or a list of them. */
export type Inputs<T> = T | readonly T[];

/** What layers give, as a list: one value or more. */
export type Outputs<T> = readonly [T, ...T[]];

/** Whether these are inputs of a functional model in the making rather than values. */
export const isSymbolic = (
  inputs: Inputs<Tensor> | Inputs<SymbolicTensor>,
): inputs is Inputs<SymbolicTensor> =>
  Array.isArray(inputs) ? inputs[0] instanceof SymbolicTensor : inputs instanceof SymbolicTensor;

/** The inputs as a list. */
export const listOf = <T>(inputs: Inputs<T>): readonly T[] =>
  Array.isArray(inputs) ? (inputs as readonly T[]) : [inputs as T];
