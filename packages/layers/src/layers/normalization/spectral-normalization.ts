import {
  add,
  all,
  DataError,
  type Dtype,
  divide,
  equal,
  matmul,
  maximum,
  multiply,
  reshape,
  rsqrt,
  square,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  type Variable,
  where,
} from "@hekla/tensor";
import { positiveInteger, type Shapes } from "../../batch-shape.js";
import { TruncatedNormal } from "../../initializers.js";
import { type CallOptions, type Config, Layer, type LayerOptions, type LayerReader } from "../../layer.js";
import type { LayerConfig } from "../../layer-options.js";
import type { Inputs } from "../../symbolic-tensor.js";

export interface SpectralNormalizationOptions extends LayerOptions {
  /** Steps of the power method in each training step. Default 1. */
  readonly powerIterations?: number;
}

/** Scaled to length 1. */
const unit = (x: Tensor): Tensor => multiply(x, rsqrt(maximum(sum(square(x)), 1e-14)));

/**
 * A layer whose kernel (or embeddings) is divided by its largest singular value before each training step, which bounds
 * how much the layer can stretch its inputs. The value comes from the power method, which goes on from step to step. The
 * divided kernel is what stays: the step's gradient is taken at it and moves it. Inputs and outputs are the layer's.
 * Weights: its kernel, vector_u `[1, last axis of the kernel]`, which is not trained, then its other weights.
 * Source: Miyato et al. 2018, algorithm 1; Keras 3 `SpectralNormalization` on TensorFlow and PyTorch. On JAX Keras's
 * `fit` forgets the divided kernel, and predictions are made with the other.
 */
export class SpectralNormalization<Inner extends Layer = Layer> extends Layer {
  static override readonly className: string = "SpectralNormalization";
  readonly layer: Inner;
  readonly powerIterations: number;
  #kernel: Variable | undefined;
  #u: Variable | undefined;

  /** @throws ShapeError unless `powerIterations` is an integer of at least 1 */
  constructor(layer: Inner, options: SpectralNormalizationOptions = {}) {
    super(options);
    this.layer = this.addChild("layer", layer);
    this.powerIterations = positiveInteger(this.name, "powerIterations", options.powerIterations ?? 1);
  }

  /** @throws DataError for a layer that has neither a kernel nor embeddings */
  protected override get callDtype(): Dtype {
    return "float32";
  }

  override build(inputShape: Shapes): void {
    this.buildChild(this.layer, inputShape);
    const kernel = this.layer.ownWeights.find(({ name }) => /\/(kernel|embeddings)$/.test(name));
    if (!kernel) {
      const names = this.layer.ownWeights.map(({ name }) => name);
      throw new DataError(
        `${this.name}: nothing to normalize, got ${this.layer.className} with weights [${names}], ` +
          "expected a layer with a kernel or embeddings",
      );
    }
    this.#kernel = kernel;
    const start = new TruncatedNormal(0, 0.02);
    this.#u = this.addWeight("vector_u", [1, kernel.shape.at(-1)!], start, { trainable: false });
    super.build(inputShape);
  }

  /** The kernel counts as the wrapper's own, too, as in Keras: so it is in files. */
  override get ownWeights(): readonly Variable[] {
    return this.#kernel ? [this.#kernel, ...super.ownWeights] : super.ownWeights;
  }

  override call(inputs: Inputs<Tensor>, options: CallOptions): Inputs<Tensor> {
    if (options.training) this.#divide();
    const outputs = this.layer.applyAll(inputs, options);
    return outputs.length === 1 ? outputs[0]! : outputs;
  }

  #divide(): void {
    const given = this.#kernel!.read();
    const [kernel, before] = [stopGradient(given), this.#u!.read()];
    const matrix = reshape(kernel, [-1, kernel.shape.at(-1)!]);
    let [u, v] = [before, before];
    for (let step = 0; step < this.powerIterations; step++) {
      v = unit(matmul(u, matrix, { transposeB: true }));
      u = unit(matmul(v, matrix));
    }
    // A kernel of zeros stays as it is.
    const zero = all(equal(kernel, 0));
    const largest = reshape(matmul(matmul(v, matrix), u, { transposeB: true }), []);
    const divided = divide(kernel, where(zero, 1, largest));
    // The difference is 0, but for its gradient: that by the kernel is that by the divided one.
    this.#kernel!.assign(add(divided, subtract(given, kernel)));
    this.#u!.assign(where(zero, before, u));
  }

  /** The layer's own. */
  override computeMask(_inputs: Inputs<Tensor>): undefined {
    return undefined;
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    return this.layer.computeOutputShape(inputShape);
  }

  override getConfig(): Config {
    const layer = { className: this.layer.className, config: this.layer.getConfig() };
    return { ...super.getConfig(), layer, powerIterations: this.powerIterations };
  }

  static fromConfig({ layer, ...options }: Config, read: LayerReader): SpectralNormalization {
    return new SpectralNormalization(read(layer as LayerConfig), options);
  }
}
