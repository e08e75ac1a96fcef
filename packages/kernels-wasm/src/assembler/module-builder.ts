import { pushName, pushSigned, pushUnsigned, type ValueType, valueTypes } from "./encoding.js";
import { FunctionBuilder } from "./function-builder.js";

export interface MemoryImport {
  /** Pages of 64 KiB. */
  readonly initial: number;
  readonly maximum: number;
  readonly shared: boolean;
}

/** What the generated code may use. */
export interface Features {
  /** `f32x4.relaxed_madd` exists and rounds once. */
  readonly relaxedSimd: boolean;
  /** False (HEKLA_TUNED=0): plain loops in place of blocked kernels. */
  readonly tuned: boolean;
}

interface GlobalEntry {
  readonly type: ValueType;
  readonly initial: number;
  readonly mutable: boolean;
}

/** Collects functions and gives the bytes of one wasm module, which imports its memory as `env.memory`. */
export class ModuleBuilder {
  readonly #types: string[] = [];
  readonly #typeBytes: number[][] = [];
  readonly #functions: { name: string; type: number; code: number[] }[] = [];
  readonly #exports: { name: string; index: number }[] = [];
  readonly #globals: GlobalEntry[] = [];
  readonly #once = new Map<string, unknown>();

  constructor(
    readonly memory: MemoryImport,
    readonly features: Features,
  ) {}

  /** The names of the functions, which are not in the bytes. */
  get names(): string[] {
    return this.#functions.map(({ name }) => name);
  }

  /**
   * Defines a function and returns its index. `body` must not define another; functions it calls come first.
   */
  function(
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
    body: (f: FunctionBuilder) => void,
  ): number {
    const builder = new FunctionBuilder(params);
    body(builder);
    this.#functions.push({ name, type: this.#type(params, results), code: builder.finish() });
    return this.#functions.length - 1;
  }

  /**
   * What `make` returned the first time for this key: kernels and inner functions that several steps share.
   */
  once<T>(key: string, make: () => T): T {
    if (!this.#once.has(key)) this.#once.set(key, make());
    return this.#once.get(key) as T;
  }

  global(type: "i32" | "i64", initial: number, mutable: boolean): number {
    this.#globals.push({ type, initial, mutable });
    return this.#globals.length - 1;
  }

  export(name: string, functionIndex: number): void {
    this.#exports.push({ name, index: functionIndex });
  }

  finish(): Uint8Array<ArrayBuffer> {
    const { initial, maximum, shared } = this.memory;
    const imports: number[] = [];
    pushName(imports, "env");
    pushName(imports, "memory");
    imports.push(0x02, shared ? 0x03 : 0x01);
    pushUnsigned(imports, initial);
    pushUnsigned(imports, maximum);
    return joined([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, this.#typeBytes),
      ...section(2, [imports]),
      ...section(
        3,
        this.#functions.map(({ type }) => unsigned(type)),
      ),
      ...section(6, this.#globals.map(globalBytes)),
      ...section(7, this.#exports.map(exportBytes)),
      ...section(
        10,
        this.#functions.map(({ code }) => code),
      ),
    ]);
  }

  #type(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join()}>${results.join()}`;
    const known = this.#types.indexOf(key);
    if (known >= 0) return known;
    const bytes = [0x60];
    for (const list of [params, results]) {
      pushUnsigned(bytes, list.length);
      for (const type of list) bytes.push(valueTypes[type]);
    }
    this.#types.push(key);
    this.#typeBytes.push(bytes);
    return this.#types.length - 1;
  }
}

type Part = readonly number[];

/** A section as parts to be joined; none without entries. */
function section(id: number, entries: readonly Part[]): Part[] {
  if (entries.length === 0) return [];
  const parts = [unsigned(entries.length), ...entries];
  return [[id], unsigned(lengthOf(parts)), ...parts];
}

const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, { length }) => sum + length, 0);

function joined(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(parts));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  pushUnsigned(bytes, value);
  return bytes;
}

function globalBytes({ type, initial, mutable }: GlobalEntry): number[] {
  const bytes = [valueTypes[type], mutable ? 1 : 0, type === "i32" ? 0x41 : 0x42];
  pushSigned(bytes, type === "i32" ? initial : BigInt(initial));
  bytes.push(0x0b);
  return bytes;
}

function exportBytes({ name, index }: { name: string; index: number }): number[] {
  const bytes: number[] = [];
  pushName(bytes, name);
  bytes.push(0x00);
  pushUnsigned(bytes, index);
  return bytes;
}
