import { DataError, type Tensor } from "@hekla/tensor";
import type { Shapes } from "./batch-shape.js";
import type { Mask } from "./masks.js";
import type { Config } from "./named-object.js";
import type { Inputs } from "./symbolic-tensor.js";

/** Beside the layer's arguments: whether this is training, and the mask of the inputs. */
export type FunctionSettings = Config & { readonly training: boolean; readonly mask: Mask };

export interface FunctionOptions {
  /** Shape of the output, from that of the inputs (batch axis counted) and the layer's arguments. Default: the same. */
  readonly outputShape?: (inputShape: Shapes, settings: Config) => Shapes;
  /** Mask of the output, from that of the inputs. Default: none. */
  readonly mask?: (inputs: Inputs<Tensor>, mask: Mask) => Mask;
}

/** A function with all that layers ask of it. */
export interface RegisteredFunction extends FunctionOptions {
  readonly call: (inputs: Inputs<Tensor>, settings: FunctionSettings) => Inputs<Tensor>;
}

/** The functions that files may name; the only state of this module. */
const functions = new Map<string, RegisteredFunction>();

/**
 * Makes a function known to `Lambda` layers, and so to saved files, which hold its name. A name given again stands for
 * the new function in layers made from then on.
 * @param fn takes the inputs, a tensor or a list, and `{ ...arguments, training, mask }`
 */
export function registerFunction<Given extends Inputs<Tensor>, Settings extends Config>(
  name: string,
  fn: (inputs: Given, settings: Settings & FunctionSettings) => Inputs<Tensor>,
  options: FunctionOptions = {},
): void {
  functions.set(name, { ...options, call: fn as RegisteredFunction["call"] });
}

/**
 * The function of this name.
 * @throws DataError where there is none
 */
export function registeredFunction(owner: string, name: string): RegisteredFunction {
  const found = functions.get(name);
  if (found) return found;
  throw new DataError(
    `${owner}: unknown function, got "${name}", expected one of [${[...functions.keys()].join(", ")}]; ` +
      `call registerFunction("${name}", ...) first`,
  );
}
