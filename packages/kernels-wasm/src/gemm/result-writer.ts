import type { FunctionBuilder, ModuleBuilder } from "../assembler/index.js";
import type { KernelParams } from "../kernel.js";
import { type Block, type BlockEpilogue, blockWriter, plainRows } from "./block-writer.js";

/** How blocks get to the rows of a result: with its epilogue, and without, before all parts of a sum are there. */
export class ResultWriter {
  readonly #plain: BlockEpilogue;
  readonly #functions = new Map<string, number>();

  constructor(
    private readonly module: ModuleBuilder,
    rows: number,
    columns: number,
    private readonly epilogue: BlockEpilogue | undefined,
  ) {
    this.#plain = plainRows(rows, columns);
  }

  /** Whether the result as it comes from the product is not what is wanted. */
  get changes(): boolean {
    return this.epilogue !== undefined;
  }

  /** Pointers of a phase that stand for the epilogue's operands, after those of the product. */
  get operands(): number {
    return this.epilogue?.raw.filter((own) => !own).length ?? 0;
  }

  get outputs(): number {
    return this.epilogue?.outputs ?? 1;
  }

  /** Writes a finished block; `pushBlock` pushes its address, row, column and number of rows. */
  write(f: FunctionBuilder, params: KernelParams, block: Block, pushBlock: () => void): void {
    f.get(...params.operands.slice(2), ...params.outputs);
    pushBlock();
    f.call(this.#function(this.epilogue ?? this.#plain, block));
  }

  /** Writes a block as it is to a result of the same size whose address `pushResult` pushes. */
  writeRaw(f: FunctionBuilder, pushResult: () => void, block: Block, pushBlock: () => void): void {
    pushResult();
    pushBlock();
    f.call(this.#function(this.#plain, block));
  }

  #function(how: BlockEpilogue, block: Block): number {
    const key = `${how === this.#plain} ${JSON.stringify(block)}`;
    const known = this.#functions.get(key) ?? blockWriter(this.module, how, block);
    this.#functions.set(key, known);
    return known;
  }
}
