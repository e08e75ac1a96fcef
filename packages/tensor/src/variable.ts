import type { Backend, Slot } from "./backend.js";
import { type Dtype, fromStorage, type HostData, toStorage } from "./dtype.js";
import { DeviceError, HeklaError, ReleasedError, ShapeError } from "./errors.js";
import { bind } from "./execute.js";
import { Node } from "./node.js";
import { cast } from "./ops/cast.js";
import { asTensor, copy } from "./ops/creation.js";
import { activeRecording, outsideRecording, scope } from "./recording.js";
import { backend } from "./session.js";
import { formatShape, type Shape, sameShape, sizeOf } from "./shape.js";
import { Tensor, type TensorLike } from "./tensor.js";

/** Options of `Variable`. */
export interface VariableOptions {
  /** Shown in errors, summaries and saved files. Default "variable". */
  readonly name?: string;
  /** Whether optimizers change it. Default true. */
  readonly trainable?: boolean;
  /** Default: that of the initial value. */
  readonly dtype?: Dtype;
}

/**
 * A tensor that can be given new values: weights, optimizer state, counters. It keeps its memory on the backend that
 * was current when it was made until `dispose`.
 */
export class Variable {
  readonly name: string;
  trainable: boolean;
  readonly shape: Shape;
  readonly dtype: Dtype;
  /** Internal: stands for the stored values in recordings. */
  readonly leaf: Node;
  readonly #owner: Backend;
  #slot: Slot | undefined;

  /**
   * @param initial first value; a function is called outside any recording (for values drawn at random inside a
   *   compiled function, say)
   * @throws HeklaError for a tensor that is still being recorded
   */
  constructor(initial: TensorLike | (() => TensorLike), options: VariableOptions = {}) {
    this.name = options.name ?? "variable";
    this.trainable = options.trainable ?? true;
    const first = typeof initial === "function" ? initial : () => initial;
    const source = outsideRecording(() => {
      const like = first();
      if (like instanceof Tensor && !like.node.source && like.node.recording) {
        throw new HeklaError(
          `variable ${this.name}: got a value that is still being recorded, expected a function that makes it`,
        );
      }
      // Values that are there already need no plan.
      const stored = like instanceof Tensor && like.node.source?.kind === "slot";
      if (stored && (options.dtype ?? like.dtype) === like.dtype) return like;
      return scope(() => {
        const value = asTensor(like);
        return copy(options.dtype ? cast(value, options.dtype) : value);
      });
    });
    this.shape = source.shape;
    this.dtype = source.dtype;
    this.leaf = new Node({ kind: "leaf" }, [], source.shape, source.dtype, undefined, this.name);
    this.leaf.source = { kind: "variable", variable: this };
    this.#owner = backend();
    this.#slot = this.#owner.allocate(sizeOf(source.shape), source.dtype);
    this.#owner.copy(this.#slot, bind(source.node.source!));
  }

  get rank(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The current value; inside a recording the one assigned last in it. */
  read(): Tensor {
    const recording = activeRecording();
    if (!recording) return scope(() => copy(this.read()));
    return new Tensor(recording.facts.get(this) ?? recording.assignments.get(this) ?? this.leaf);
  }

  /**
   * Gives a new value; inside a recording it takes effect when that is flushed, and for later reads in it at once.
   * @throws ShapeError when the shape differs
   */
  assign(value: TensorLike): void {
    scope(() => {
      const next = cast(asTensor(value), this.dtype);
      if (!sameShape(next.shape, this.shape)) {
        throw new ShapeError(
          `assign: variable ${this.name} has shape ${formatShape(this.shape)}, ` +
            `got ${formatShape(next.shape)}, expected the same`,
        );
      }
      const recording = activeRecording()!;
      recording.assignments.set(this, next.node);
      recording.facts.delete(this);
    });
  }

  /** The stored values. */
  async data(): Promise<HostData> {
    return fromStorage(this.dtype, await this.#owner.read(this.slot));
  }

  dataSync(): HostData {
    return fromStorage(this.dtype, this.#owner.readSync(this.slot));
  }

  /** Overwrites the stored values from host memory, row-major. */
  write(values: ArrayLike<number>): void {
    if (values.length !== this.size) {
      throw new ShapeError(
        `write: variable ${this.name} has ${this.size} values ${formatShape(this.shape)}, ` +
          `got ${values.length}, expected the same number`,
      );
    }
    this.#owner.write(this.slot, toStorage(this.dtype, values));
  }

  /** Internal: the memory behind it, on the current backend. */
  get slot(): Slot {
    if (!this.#slot) throw new ReleasedError(`variable ${this.name}: it was disposed, got a use after that`);
    return this.#slot;
  }

  /** Internal: its memory, checked to be on the current backend. */
  boundSlot(): Slot {
    const { slot } = this;
    if (this.#owner !== backend()) {
      throw new DeviceError(
        `variable ${this.name}: it lives on the ${this.#owner.name} backend, got a use on ` +
          `${backend().name}, expected useBackend before the model is made`,
      );
    }
    return slot;
  }

  /** Gives the memory back. */
  dispose(): void {
    if (this.#slot) this.#owner.free(this.#slot);
    this.#slot = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
