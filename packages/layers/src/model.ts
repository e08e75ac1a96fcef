import {
  type Compiled,
  compile,
  HeklaError,
  type HostArray,
  type Optimizer,
  ShapeError,
  type Tensor,
} from "@hekla/tensor";
import { type BatchShape, formatBatchShape } from "./batch-shape.js";
import { BatchReader, checkInteger, checkSamples, inOrder } from "./batches.js";
import type { History } from "./callback.js";
import { readBytes, writeBytesAtomically } from "./files.js";
import { checkLabelled, type FitOptions, fit } from "./fit.js";
import { checkLabels } from "./labels.js";
import { Layer, type LayerOptions } from "./layer.js";
import { pause } from "./pause.js";
import { modelToBytes, readModelFile, restoreValues, type SaveOptions } from "./state-file.js";
import { summary } from "./summary.js";
import { type CompileOptions, Training } from "./training.js";

export interface BatchOptions {
  /** Samples per step. Default 32. */
  readonly batchSize?: number;
}

export interface EvaluateOptions extends BatchOptions {
  /** Internal: the data was checked before. */
  readonly checked?: boolean;
}

/** How often long loops let others run, in milliseconds. */
const pauseMilliseconds = 50;

/** A layer made of layers that can be trained, evaluated, saved and loaded. */
export abstract class Model extends Layer {
  /** Source of all its random numbers. */
  readonly seed: number;
  /** Set by a callback to end `fit` after the current step. */
  stopTraining = false;
  #training: Training | undefined;
  #predict: Compiled<[batch: Tensor], Tensor> | undefined;

  constructor(seed: number, options: LayerOptions) {
    super(options);
    this.seed = seed;
  }

  /** The layers, in order. */
  abstract readonly layers: readonly Layer[];
  /** Shape of a batch of inputs, once it is known. */
  abstract readonly batchInputShape: BatchShape | undefined;
  /** Shape of a batch of outputs of each layer, once the model is built. */
  abstract readonly outputShapes: readonly BatchShape[];

  /** Says how to train: by which optimizer, loss and metrics. Call it again after changing `trainable`. */
  compile(options: CompileOptions): void {
    this.#training?.dispose();
    this.#training = new Training(this, options);
  }

  /** The optimizer it was compiled with. */
  get optimizer(): Optimizer | undefined {
    return this.#training?.optimizer;
  }

  /** What it was compiled with. */
  get compileOptions(): CompileOptions | undefined {
    return this.#training?.options;
  }

  /** Internal: forget compiled steps, when layers change. */
  protected invalidate(): void {
    this.#predict?.dispose();
    this.#predict = undefined;
    const options = this.compileOptions;
    if (options) this.compile(options);
  }

  #compiled(caller: string): Training {
    if (!this.#training) {
      throw new HeklaError(
        `${caller}: the model is not compiled, got no optimizer and loss, expected compile first`,
      );
    }
    return this.#training;
  }

  /** Builds for this data, or checks that the model takes it, labels included where they are given. */
  #ready(caller: string, x: HostArray, y?: HostArray): void {
    if (!this.built) this.build([null, ...x.shape.slice(1)]);
    const expected = this.batchInputShape!;
    if (x.shape.slice(1).join() !== expected.slice(1).join()) {
      throw new ShapeError(
        `${caller}: samples do not fit the model, got x of shape [${x.shape}], ` +
          `expected ${formatBatchShape(expected)}`,
      );
    }
    const loss = this.compileOptions?.loss;
    if (y && loss) checkLabels(caller, loss, y, this.outputShapes.at(-1) ?? expected);
  }

  /**
   * Trains on samples `x` of shape `[samples, ...]` with labels `y`.
   * @throws DataError for NaN in the data, counts that differ or options out of range, before anything runs
   * @throws ShapeError for samples the model cannot take
   * @throws DivergedError when the loss becomes NaN or infinite
   */
  async fit(x: HostArray, y: HostArray, options: FitOptions = {}): Promise<History> {
    const training = this.#compiled("fit");
    this.#ready("fit", x, y);
    if (options.validationData) this.#ready("fit (validationData)", ...options.validationData);
    return fit(this, training, x, y, options);
  }

  /** Loss and metrics over all samples. Errors as in `fit`. */
  async evaluate(x: HostArray, y: HostArray, options: EvaluateOptions = {}): Promise<Record<string, number>> {
    const { batchSize = 32, checked = false } = options;
    const training = this.#compiled("evaluate");
    checkInteger("evaluate", "batchSize", batchSize, 1);
    if (!checked) checkLabelled("evaluate", x, y);
    this.#ready("evaluate", x, checked ? undefined : y);
    training.reset();
    const size = Math.min(batchSize, x.shape[0]!);
    const labels = new BatchReader(y, size);
    await eachBatch(x, size, async (samples, order, start, count, due) => {
      training.evaluate(samples, labels.read(order, start, count));
      if (due) await training.figures();
    });
    return training.figures();
  }

  /** The model's output for all samples, on the host. Errors as in `fit`. */
  async predict(x: HostArray, { batchSize = 32 }: BatchOptions = {}): Promise<HostArray> {
    checkInteger("predict", "batchSize", batchSize, 1);
    checkSamples("predict", "x", x);
    this.#ready("predict", x);
    this.#predict ??= compile((batch: Tensor) => this.apply(batch, { training: false }));
    const step = this.#predict;
    let result: { data: Float32Array; shape: number[] } | undefined;
    await eachBatch(x, Math.min(batchSize, x.shape[0]!), async (samples, _order, start) => {
      const output = step(samples);
      const size = output.size / output.shape[0]!;
      const shape = [x.shape[0]!, ...output.shape.slice(1)];
      result ??= { data: new Float32Array(x.shape[0]! * size), shape };
      result.data.set(await output.data(), start * size);
    });
    return result!;
  }

  /** One step on one batch; returns loss and metrics of it. */
  async trainOnBatch(x: HostArray, y: HostArray): Promise<Record<string, number>> {
    const training = this.#compiled("trainOnBatch");
    checkLabelled("trainOnBatch", x, y);
    this.#ready("trainOnBatch", x, y);
    training.reset();
    training.train(x, y);
    return training.figures();
  }

  /** Keras's table of layers, output shapes and parameters; `print` is called with it where given. */
  summary({ print }: { print?: (text: string) => void } = {}): string {
    const text = summary(this);
    print?.(text);
    return text;
  }

  /** The layer of this name. */
  getLayer(name: string): Layer {
    const layer = this.layers.find((candidate) => candidate.name === name);
    if (!layer) {
      const names = this.layers.map((candidate) => candidate.name).join(", ");
      throw new HeklaError(`getLayer: there is no such layer, got "${name}", expected one of ${names}`);
    }
    return layer;
  }

  /** The model as one file: config, weights by name, and the optimizer's state unless told otherwise. */
  toBytes(options: SaveOptions = {}): Promise<Uint8Array> {
    return modelToBytes(this, options);
  }

  /** Writes `toBytes` to a file, whole or not at all. Node only. */
  async save(path: string, options: SaveOptions = {}): Promise<void> {
    await writeBytesAtomically(path, await this.toBytes(options));
  }

  /**
   * Takes over the weights of a file's bytes, and the optimizer's state when the file has it and the model is compiled.
   * @throws DataError, ShapeError where the file is broken or does not fit; the model is left as it was
   */
  restore(bytes: Uint8Array, { source = "model file" }: { readonly source?: string } = {}): void {
    restoreValues(this, readModelFile(bytes, source).file, source);
  }

  /** `restore` from a file. Node only. */
  async load(path: string): Promise<void> {
    this.restore(await readBytes(path), { source: path });
  }

  override dispose(): void {
    this.#training?.dispose();
    this.#predict?.dispose();
    for (const layer of this.layers) layer.dispose();
    super.dispose();
  }
}

type BatchVisitor = (
  samples: HostArray,
  order: Int32Array,
  start: number,
  count: number,
  due: boolean,
) => Promise<void>;

/** Goes through all samples in order; `due` when the device should be waited for, now and then. */
async function eachBatch(x: HostArray, batchSize: number, visit: BatchVisitor): Promise<void> {
  const total = x.shape[0]!;
  const order = inOrder(total);
  const reader = new BatchReader(x, batchSize);
  let paused = performance.now();
  for (let start = 0; start < total; start += batchSize) {
    const count = Math.min(batchSize, total - start);
    const due = performance.now() - paused >= pauseMilliseconds;
    await visit(reader.read(order, start, count), order, start, count, due);
    if (due) {
      await pause();
      paused = performance.now();
    }
  }
}
