import { type ValueType, valueTypes } from "./encoding.js";
import {
  laneOpcodes,
  memoryLaneOpcodes,
  memoryOpcodes,
  plainOpcodes,
  type StructureOpcode,
  structureOpcodes,
} from "./opcodes.js";

/** Walks over the bytes of a module. */
class Reader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  take(count: number): Uint8Array {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  /** Any LEB128 number; `signed` numbers carry their sign in the last byte. */
  leb(signed: boolean): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(this.byte());
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return signed ? BigInt.asIntN(Number(shift) + 7, value) : value;
    }
  }

  number(): number {
    return Number(this.leb(false));
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.number()));
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.number() }, item);
  }

  type(): ValueType {
    return typeNames.get(this.byte())!;
  }

  opcode(): number {
    const first = this.byte();
    return first < 0xfc ? first : (first << 16) | this.number();
  }
}

const typeNames = new Map(
  Object.entries(valueTypes).map(([name, code]) => [code as number, name as ValueType]),
);

/** What stands behind an instruction's name. */
type Immediates = (bytes: Reader) => string;

const none: Immediates = () => "";
const index: Immediates = (bytes) => ` ${bytes.number()}`;
const lane: Immediates = (bytes) => ` ${bytes.byte()}`;
const integer: Immediates = (bytes) => ` ${bytes.leb(true)}`;
const reserved =
  (count: number): Immediates =>
  (bytes) =>
    bytes.take(count) && "";
const address: Immediates = (bytes) => {
  const [align, offset] = [bytes.number(), bytes.number()];
  return `${offset ? ` offset=${offset}` : ""} align=${1 << align}`;
};
const blockType: Immediates = (bytes) => {
  const type = bytes.type();
  return type ? ` (result ${type})` : "";
};
const float =
  (size: 4 | 8): Immediates =>
  (bytes) => {
    const raw = bytes.take(size).slice().buffer;
    const [value] = size === 4 ? new Float32Array(raw) : new Float64Array(raw);
    return ` ${Object.is(value, -0) ? "-0" : String(value).replace("Infinity", "inf").replace("NaN", "nan")}`;
  };

const structure: Record<StructureOpcode, Immediates> = {
  block: blockType,
  loop: blockType,
  if: blockType,
  else: none,
  end: none,
  br: index,
  br_if: index,
  br_table: (bytes) => ` ${[...bytes.list(() => bytes.number()), bytes.number()].join(" ")}`,
  call: index,
  "local.get": index,
  "local.set": index,
  "local.tee": index,
  "global.get": index,
  "global.set": index,
  "i32.const": integer,
  "i64.const": integer,
  "f32.const": float(4),
  "f64.const": float(8),
  "v128.const": (bytes) => ` i8x16 ${bytes.take(16).join(" ")}`,
  "i8x16.shuffle": (bytes) => ` ${bytes.take(16).join(" ")}`,
  "atomic.fence": reserved(1),
  "memory.copy": reserved(2),
  "memory.fill": reserved(1),
};

const instructions = new Map<number, readonly [name: string, immediates: Immediates]>([
  ...Object.entries(plainOpcodes).map(([name, code]) => [code, [name, none]] as const),
  ...Object.entries(memoryOpcodes).map(([name, [code]]) => [code, [name, address]] as const),
  ...Object.entries(laneOpcodes).map(([name, code]) => [code, [name, lane]] as const),
  ...Object.entries(memoryLaneOpcodes).map(
    ([name, [code]]) => [code, [name, (bytes: Reader) => address(bytes) + lane(bytes)]] as const,
  ),
  ...Object.entries(structureOpcodes).map(
    ([name, code]) => [code, [name, structure[name as StructureOpcode]]] as const,
  ),
]);

/** Where each section of a module lies, by its number. */
function sectionsOf(bytes: Uint8Array): Map<number, Reader> {
  const all = new Reader(bytes);
  all.take(8);
  const sections = new Map<number, Reader>();
  while (all.at < bytes.length) sections.set(all.byte(), new Reader(all.take(all.number())));
  return sections;
}

const listed = (word: string, types: readonly ValueType[]): string =>
  types.length > 0 ? ` (${word} ${types.join(" ")})` : "";

/** The body of a function, a line an instruction; the last `end` is that of the function. */
function bodyText(body: Reader): string[] {
  const locals = body.list(() => Array<number>(body.number()).fill(body.byte())).flat();
  const lines =
    locals.length > 0
      ? [
          listed(
            "local",
            locals.map((code) => typeNames.get(code)!),
          ).trim(),
        ]
      : [];
  while (body.at < body.bytes.length - 1) {
    const [name, immediates] = instructions.get(body.opcode())!;
    lines.push(name + immediates(body));
  }
  return lines;
}

/** A module of `ModuleBuilder` as WAT, its functions with their names. */
export function moduleText(bytes: Uint8Array, names: readonly string[]): string {
  const sections = sectionsOf(bytes);
  const read = <T>(id: number, item: (section: Reader) => T): T[] => {
    const section = sections.get(id);
    return section ? section.list(() => item(section)) : [];
  };
  const types = read(1, (section) => {
    section.byte();
    return [section.list(() => section.type()), section.list(() => section.type())] as const;
  });
  const imports = read(2, (section) => {
    const [from, name] = [section.name(), section.name()];
    section.byte();
    const shared = section.byte() === 3 ? " shared" : "";
    return `(import "${from}" "${name}" (memory ${section.number()} ${section.number()}${shared}))`;
  });
  const signatures = read(3, (section) => types[section.number()]!);
  const globals = read(6, (section) => {
    const [type, mutable] = [section.type(), section.byte()];
    section.byte();
    const initial = section.leb(true);
    section.byte();
    return `(global ${mutable ? `(mut ${type})` : type} (${type}.const ${initial}))`;
  });
  const exported = read(7, (section) => {
    const name = section.name();
    section.byte();
    return `(export "${name}" (func ${section.number()}))`;
  });
  let at = 0;
  const functions = read(10, (section) => {
    const [params, results] = signatures[at]!;
    const head = `(func (;${names[at++]};)${listed("param", params)}${listed("result", results)}`;
    const lines = bodyText(new Reader(section.take(section.number())));
    return [head, ...lines.map((line) => `  ${line}`), ")"].join("\n");
  });
  const parts = [...imports, ...globals, ...functions, ...exported].join("\n").replace(/^/gm, "  ");
  return `(module\n${parts}\n)`;
}
