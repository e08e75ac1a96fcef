import {
  float32Bits,
  pushFloat64,
  pushInt32,
  pushOpcode,
  pushSigned,
  pushUnsigned,
  type ValueType,
  valueTypes,
} from "./encoding.js";
import {
  type LaneOpcode,
  laneOpcodes,
  type MemoryLaneOpcode,
  type MemoryOpcode,
  memoryLaneOpcodes,
  memoryOpcodes,
  type PlainOpcode,
  plainOpcodes,
  type StructureOpcode,
  structureOpcodes,
} from "./opcodes.js";

export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** A place to branch to: the end of a block or if, the head of a loop. */
export interface Label {
  readonly depth: number;
}

/** An i32 that a loop or address is made from: a constant, a local, or code that pushes it. */
export type Int = number | Local | (() => void);

/**
 * Writes one function body, in the order of the wasm stack machine. Locals are objects; labels are handed to
 * the bodies of `block`, `loop` and `if`, and `br` finds how far out they are.
 */
export class FunctionBuilder {
  readonly params: readonly Local[];
  readonly #localTypes: ValueType[] = [];
  readonly #free = new Map<ValueType, Local[]>();
  /** By the bits of one of four equal lanes, or by what else tells them apart. */
  readonly #constants = new Map<number | string, Local>();
  #prologue: number[] = [];
  #bytes: number[] = [];
  #depth = 0;

  constructor(params: readonly ValueType[]) {
    this.params = params.map((type, index) => ({ index, type }));
  }

  /** A new local; it starts as 0. */
  local(type: ValueType): Local {
    this.#localTypes.push(type);
    return { index: this.params.length + this.#localTypes.length - 1, type };
  }

  /** `body` with a local that may be used again afterwards (it starts with any value). */
  scratch(type: ValueType, body: (local: Local) => void): this {
    const pool = this.#free.get(type) ?? [];
    this.#free.set(type, pool);
    const local = pool.pop() ?? this.local(type);
    body(local);
    pool.push(local);
    return this;
  }

  emit(...names: PlainOpcode[]): this {
    for (const name of names) this.#instruction(plainOpcodes[name]);
    return this;
  }

  get(...locals: Local[]): this {
    for (const local of locals) this.#indexed("local.get", local.index);
    return this;
  }

  set(local: Local): this {
    return this.#indexed("local.set", local.index);
  }

  tee(local: Local): this {
    return this.#indexed("local.tee", local.index);
  }

  getGlobal(index: number): this {
    return this.#indexed("global.get", index);
  }

  setGlobal(index: number): this {
    return this.#indexed("global.set", index);
  }

  call(index: number): this {
    return this.#indexed("call", index);
  }

  i32(value: number): this {
    this.#instruction(structureOpcodes["i32.const"]);
    pushSigned(this.#bytes, value | 0);
    return this;
  }

  i64(value: bigint): this {
    this.#instruction(structureOpcodes["i64.const"]);
    pushSigned(this.#bytes, value);
    return this;
  }

  f32(value: number): this {
    this.#instruction(structureOpcodes["f32.const"]);
    pushInt32(this.#bytes, float32Bits(value));
    return this;
  }

  f64(value: number): this {
    this.#instruction(structureOpcodes["f64.const"]);
    pushFloat64(this.#bytes, value);
    return this;
  }

  /**
   * Four equal floats, from a local set once at the start of the function, so that loops do not rebuild
   * them.
   */
  f32x4(value: number): this {
    return this.i32x4(float32Bits(value));
  }

  /** Four integers (or one, four times), held like `f32x4`. */
  i32x4(...values: number[]): this {
    const first = values[0]!;
    return this.#hoisted(values.length === 1 ? first : values.join(), (bytes) => {
      for (let lane = 0; lane < 4; lane++) pushInt32(bytes, values[lane] ?? first);
    });
  }

  f64x2(value: number): this {
    return this.#hoisted(`f64 ${Object.is(value, -0) ? "-0" : value}`, (bytes) => {
      pushFloat64(bytes, value);
      pushFloat64(bytes, value);
    });
  }

  /** A load, store or atomic with a constant byte offset added to its address. */
  memory(name: MemoryOpcode, offset = 0): this {
    const [code, align] = memoryOpcodes[name];
    // Plain v128 accesses promise element alignment only; atomics must state their exact width.
    const hint = name.startsWith("v128.") ? Math.min(align, 2) : align;
    this.#instruction(code);
    pushUnsigned(this.#bytes, hint);
    pushUnsigned(this.#bytes, offset);
    return this;
  }

  load = this.memory;
  store = this.memory;

  lane(name: LaneOpcode, lane: number): this {
    this.#instruction(laneOpcodes[name]);
    this.#bytes.push(lane);
    return this;
  }

  memoryLane(name: MemoryLaneOpcode, lane: number, offset = 0): this {
    const [code, align] = memoryLaneOpcodes[name];
    this.#instruction(code);
    pushUnsigned(this.#bytes, align);
    pushUnsigned(this.#bytes, offset);
    this.#bytes.push(lane);
    return this;
  }

  /** Four 32-bit lanes chosen from two vectors: 0-3 of the first, 4-7 of the second. */
  shuffle(...lanes: [number, number, number, number]): this {
    const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte));
    return this.#raw("i8x16.shuffle", bytes);
  }

  fence(): this {
    return this.#raw("atomic.fence", [0]);
  }

  /** (destination, source, bytes) */
  copyMemory(): this {
    return this.#raw("memory.copy", [0, 0]);
  }

  /** (destination, byte value, bytes) */
  fillMemory(): this {
    return this.#raw("memory.fill", [0]);
  }

  block(body: (end: Label) => void, result?: ValueType): this {
    return this.#structure("block", result, body);
  }

  loop(body: (head: Label) => void, result?: ValueType): this {
    return this.#structure("loop", result, body);
  }

  /** Takes the condition from the stack. */
  if(then: (end: Label) => void, otherwise?: () => void, result?: ValueType): this {
    return this.#structure("if", result, (label) => {
      then(label);
      if (!otherwise) return;
      this.#instruction(structureOpcodes.else);
      otherwise();
    });
  }

  br(label: Label): this {
    return this.#indexed("br", this.#depth - label.depth);
  }

  brIf(label: Label): this {
    return this.#indexed("br_if", this.#depth - label.depth);
  }

  /** Jumps to `labels[i]` for the i on the stack, or to `otherwise`. */
  brTable(labels: readonly Label[], otherwise: Label): this {
    const depths = [...labels, otherwise].map((label) => this.#depth - label.depth);
    this.#instruction(structureOpcodes.br_table);
    pushUnsigned(this.#bytes, labels.length);
    for (const depth of depths) pushUnsigned(this.#bytes, depth);
    return this;
  }

  /** Pushes an `Int`. */
  int(value: Int): this {
    if (typeof value === "number") return this.i32(value);
    if (typeof value === "object") return this.get(value);
    value();
    return this;
  }

  /** `local += step` */
  increment(local: Local, step: Int): this {
    return this.get(local).int(step).emit("i32.add").set(local);
  }

  /**
   * `for (counter = start; counter < end; counter += step) body` (signed; `step` > 0). `end` and `step` are
   * pushed again at every turn. Where start and end are constants, the first test falls away.
   */
  forRange(counter: Local, start: Int, end: Int, step: Int, body: () => void): this {
    const known = typeof start === "number" && typeof end === "number";
    if (known && start >= end) return this.i32(start).set(counter);
    this.int(start).set(counter);
    const turns = () =>
      this.loop((head) => {
        body();
        this.get(counter).int(step).emit("i32.add").tee(counter).int(end).emit("i32.lt_s").brIf(head);
      });
    if (known) return turns();
    return this.get(counter).int(end).emit("i32.lt_s").if(turns);
  }

  /** Bytes of the code section's entry. */
  finish(): number[] {
    const body: number[] = [];
    const runs: [number, ValueType][] = [];
    for (const type of this.#localTypes) {
      const last = runs.at(-1);
      if (last && last[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    pushUnsigned(body, runs.length);
    for (const [count, type] of runs) {
      pushUnsigned(body, count);
      body.push(valueTypes[type]);
    }
    const size = body.length + this.#prologue.length + this.#bytes.length + 1;
    const entry: number[] = [];
    pushUnsigned(entry, size);
    return entry.concat(body, this.#prologue, this.#bytes, structureOpcodes.end);
  }

  #structure(
    name: "block" | "loop" | "if",
    result: ValueType | undefined,
    body: (label: Label) => void,
  ): this {
    this.#instruction(structureOpcodes[name]);
    this.#bytes.push(result ? valueTypes[result] : 0x40);
    this.#depth++;
    body({ depth: this.#depth });
    this.#depth--;
    this.#instruction(structureOpcodes.end);
    return this;
  }

  #hoisted(key: number | string, pushLanes: (bytes: number[]) => void): this {
    let local = this.#constants.get(key);
    if (!local) {
      local = this.local("v128");
      this.#constants.set(key, local);
      pushOpcode(this.#prologue, structureOpcodes["v128.const"]);
      pushLanes(this.#prologue);
      this.#prologue.push(structureOpcodes["local.set"]);
      pushUnsigned(this.#prologue, local.index);
    }
    return this.get(local);
  }

  #indexed(name: StructureOpcode, index: number): this {
    this.#instruction(structureOpcodes[name]);
    pushUnsigned(this.#bytes, index);
    return this;
  }

  #raw(name: StructureOpcode, immediates: readonly number[]): this {
    this.#instruction(structureOpcodes[name]);
    this.#bytes.push(...immediates);
    return this;
  }

  #instruction(code: number): void {
    pushOpcode(this.#bytes, code);
  }
}
