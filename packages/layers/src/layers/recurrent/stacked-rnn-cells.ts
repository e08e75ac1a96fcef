import { DataError, type Tensor } from "@hekla/tensor";
import { type Shapes, shapeList } from "../../batch-shape.js";
import type { CallOptions, Config, LayerConfig, LayerOptions, LayerReader } from "../../layer.js";
import { snakeCase } from "../../snake-case.js";
import { RNNCell } from "./rnn-cell.js";

/**
 * Cells on top of one another as one cell: each gets the output of the one below. Inputs `[x, ...states]`,
 * outputs `[output, ...newStates]`, the states of all cells in a flat list, the lowest cell's first.
 * Source: Keras 3 `StackedRNNCells`.
 */
export class StackedRNNCells extends RNNCell {
  static override readonly className: string = "StackedRNNCells";
  readonly cells: readonly RNNCell[];
  readonly #names: readonly string[];

  /** @throws DataError without cells */
  constructor(cells: readonly RNNCell[], options: LayerOptions = {}) {
    super(options);
    if (cells.length === 0) {
      throw new DataError("stackedRNNCells: there are no cells, got an empty list, expected at least one");
    }
    this.cells = cells;
    // Keras's files name what is in a list by its class; names of weights are those of the layers.
    const keys = numbered(cells.map(({ className }) => snakeCase(className)));
    cells.forEach((cell, at) => this.addChild(`cells/${keys[at]}`, cell));
    this.#names = numbered(cells.map(({ name }) => name));
  }

  override get inputRank(): number {
    return this.cells[0]!.inputRank;
  }

  override get stateSize(): readonly number[] {
    return this.cells.flatMap(({ stateSizes }) => stateSizes);
  }

  override get outputSize(): number {
    return this.cells.at(-1)!.outputSize;
  }

  override getInitialState(batchSize: number): Tensor[] {
    return this.cells.flatMap((cell) => cell.getInitialState(batchSize));
  }

  override build(inputShape: Shapes): void {
    let shape = shapeList(inputShape)[0]!;
    for (const [at, cell] of this.cells.entries()) {
      const name = this.#names[at]!;
      cell.join(name, this.seeds, `${this.path}/${name}`);
      this.buildChild(cell, shape);
      shape = shapeList(cell.computeOutputShape(shape))[0]!;
    }
    super.build(inputShape);
  }

  /** What each cell makes of the inputs and its own states, from the lowest up. */
  through(
    x: Tensor,
    states: readonly Tensor[],
    run: (cell: RNNCell, x: Tensor, states: readonly Tensor[]) => readonly Tensor[],
  ): readonly Tensor[] {
    let output = x;
    let first = 0;
    const next: Tensor[] = [];
    for (const cell of this.cells) {
      const end = first + cell.stateSizes.length;
      const [above, ...kept] = run(cell, output, states.slice(first, end));
      output = above!;
      next.push(...kept);
      first = end;
    }
    return [output, ...next];
  }

  override call([x, ...states]: readonly Tensor[], { training = false }: CallOptions): readonly Tensor[] {
    return this.through(x!, states, (cell, input, own) => cell.applyAll([input, ...own], { training }));
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    let shape = shapeList(inputShape)[0]!;
    const states = this.cells.flatMap((cell) => {
      const [output, ...own] = shapeList(cell.computeOutputShape(shape));
      shape = output!;
      return own;
    });
    return [shape, ...states];
  }

  override resetDropoutMasks(): void {
    for (const cell of this.cells) cell.resetDropoutMasks();
  }

  override getConfig(): Config {
    const cells = this.cells.map((cell, at) => ({
      className: cell.className,
      config: { ...cell.getConfig(), name: this.#names[at] },
    }));
    return { ...super.getConfig(), cells };
  }

  static fromConfig({ cells, ...options }: Config, read: LayerReader): StackedRNNCells {
    return new StackedRNNCells(
      (cells as readonly LayerConfig[]).map((cell) => read(cell) as RNNCell),
      options,
    );
  }
}

/** `a, b, a` to `a, b, a_1`, as Keras numbers names. */
function numbered(names: readonly string[]): readonly string[] {
  const used = new Map<string, number>();
  return names.map((name) => {
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}
