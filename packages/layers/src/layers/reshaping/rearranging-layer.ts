import type { Dtype } from "@hekla/tensor";
import { Layer } from "../../layer.js";
import type { SymbolicTensor } from "../../symbolic-tensor.js";

/** A layer that moves values of any type without changing them. Masks end at it, as in Keras: places move as well. */
export abstract class RearrangingLayer extends Layer {
  override computeMask(): undefined {
    return undefined;
  }

  protected override outputDtype([input]: readonly SymbolicTensor[]): Dtype {
    return input!.dtype;
  }
}
