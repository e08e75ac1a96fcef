import { DataError, ShapeError, type Tensor } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, type Shapes, shapeList } from "../../batch-shape.js";
import { type CallOptions, type Config, Layer, type LayerOptions } from "../../layer.js";
import type { Mask } from "../../masks.js";
import { type RegisteredFunction, registeredFunction } from "../../registered-functions.js";
import { type Inputs, listOf } from "../../symbolic-tensor.js";

export interface LambdaOptions extends LayerOptions {
  /** Handed to the function; plain JSON. */
  readonly arguments?: Config;
  /** Shape of a sample of the output. Default: what the function was registered with. */
  readonly outputShape?: BatchShape | null;
}

/**
 * Applies a function that was registered under a name: `registerFunction("double", (x) => multiply(x, 2))`, then
 * `new Lambda("double")`. Saved files hold the name and never code. Keras's files map to it where their function was
 * registered there (`keras.saving.register_keras_serializable`); those with Python bytecode are refused.
 * Source: Keras 3 `Lambda`.
 */
export class Lambda extends Layer {
  static override readonly className: string = "Lambda";
  readonly function: string;
  readonly arguments: Config;
  readonly outputShape: BatchShape | null;
  readonly #registered: RegisteredFunction;

  /** @throws DataError unless a function is registered under this name */
  constructor(functionName: string, options: LambdaOptions = {}) {
    super(options);
    this.function = functionName;
    this.arguments = options.arguments ?? {};
    this.outputShape = options.outputShape ?? null;
    this.#registered = registeredFunction(this.name, functionName);
  }

  /** @throws ShapeError where the result has another shape than `computeOutputShape` says */
  override call(inputs: Inputs<Tensor>, { training = false, mask }: CallOptions): Inputs<Tensor> {
    const outputs = this.#registered.call(inputs, { ...this.arguments, training, mask });
    const ran = listOf(outputs).map(({ shape }) => shape);
    const shapes = listOf(inputs).map(({ shape }) => shape);
    const said = shapeList(this.computeOutputShape(listOf(inputs) === inputs ? shapes : shapes[0]!));
    const fits = (shape: BatchShape, index: number): boolean =>
      shape.length === said[index]?.length &&
      shape.every((size, axis) => said[index]![axis] === null || said[index]![axis] === size);
    if (ran.length !== said.length || !ran.every(fits)) {
      throw new ShapeError(
        `${this.name}: function "${this.function}" gave ${ran.map(formatBatchShape)}, expected ` +
          `${said.map(formatBatchShape)}; register it with an outputShape`,
      );
    }
    return outputs;
  }

  override computeMask(inputs: Inputs<Tensor>, mask: Mask): Mask {
    return this.#registered.mask?.(inputs, mask);
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    const first = shapeList(inputShape)[0]!;
    if (this.outputShape) return [first[0] ?? null, ...this.outputShape];
    return this.#registered.outputShape?.(inputShape, this.arguments) ?? first;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      // As Keras writes a function that it knows by name.
      function: {
        module: "builtins",
        className: "function",
        config: this.function,
        registeredName: "function",
      },
      arguments: this.arguments,
      ...(this.outputShape ? { outputShape: this.outputShape } : {}),
    };
  }

  /** @throws DataError for a function that is not given by its name */
  static fromConfig({ function: saved, ...options }: Config): Lambda {
    const { className, config }: { readonly className?: unknown; readonly config?: unknown } =
      typeof saved === "object" ? { ...saved } : { className: "function", config: saved };
    if (className !== "function" || typeof config !== "string") {
      throw new DataError(
        `lambda: got a function of class "${className}" in the file, expected the name of one: code in files is ` +
          "never run; register a function under a name and save with that",
      );
    }
    return new Lambda(config, options);
  }
}
