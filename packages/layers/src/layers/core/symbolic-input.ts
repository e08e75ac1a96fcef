import { FunctionGraph } from "../../models/function-graph.js";
import { SymbolicTensor } from "../../symbolic-tensor.js";
import { Input, type InputOptions } from "./input.js";

/**
 * An input of a functional model: `const x = input([28, 28]); const y = new Dense(3).apply(x); new Model(x, y)`.
 * Source: Keras 3 `Input`.
 */
export function input(shape: readonly (number | null)[], options: InputOptions = {}): SymbolicTensor {
  const layer = new Input(shape, options);
  const tensor = new SymbolicTensor(
    [null, ...shape],
    layer.dtype,
    (inputs, outputs) => new FunctionGraph(inputs, outputs),
  );
  layer.noteUse({ layer, inputs: [], list: false, options: {}, outputs: [tensor] });
  return tensor;
}
