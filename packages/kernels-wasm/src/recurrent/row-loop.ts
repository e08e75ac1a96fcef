import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";

/** Reads and writes the elements of one step of a loop over a row: four at a time, or one where fewer are left. */
export class RowLanes {
  constructor(
    readonly f: FunctionBuilder,
    readonly module: ModuleBuilder,
    private readonly at: Local,
    private readonly width: 1 | 4,
  ) {}

  /** Pushes the elements at `pointer + offset` bytes. */
  load(pointer: Local, offset = 0): FunctionBuilder {
    this.f.get(pointer, this.at).emit("i32.add");
    return this.f.load(this.width === 4 ? "v128.load" : "v128.load32_splat", offset);
  }

  store(value: Local, pointer: Local, offset = 0): void {
    this.f.get(pointer, this.at).emit("i32.add").get(value);
    if (this.width === 4) this.f.store("v128.store", offset);
    else this.f.memoryLane("v128.store32_lane", 0, offset);
  }
}

/** A loop over the elements of a row; none is visited twice, so that rows may be updated in place. */
export function loopOverRow(
  f: FunctionBuilder,
  module: ModuleBuilder,
  elements: number,
  body: (lanes: RowLanes) => void,
): void {
  const vectors = module.features.tuned ? Math.floor(elements / 4) : 0;
  f.scratch("i32", (at) => {
    f.forRange(at, 0, vectors * 16, 16, () => body(new RowLanes(f, module, at, 4)));
    f.forRange(at, vectors * 16, elements * 4, 4, () => body(new RowLanes(f, module, at, 1)));
  });
}
