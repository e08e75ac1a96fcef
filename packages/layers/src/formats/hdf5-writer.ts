import { DataError } from "@hekla/tensor";
import { ByteWriter } from "./byte-writer.js";
import { type Hdf5AttributeValue, type Hdf5NewDataset, Hdf5Tree } from "./hdf5-tree.js";
import type { Hdf5Array } from "./hdf5-types.js";

/** An address with all bits set. */
const nowhere = -1;
const superblockSize = 96;
/** Members in a node of symbols, and children of a node of the B-tree: the defaults of HDF5. */
const symbolsPerNode = 8;
const childrenPerNode = 32;
const treeNodeSize = 24 + 16 * childrenPerNode + 8;
/** What HDF5 reads of a heap of texts at once. */
const smallestHeap = 4096;
const largestMessage = 65528;

/** Message types. */
const [spaceMessage, typeMessage, fillMessage] = [1, 3, 5];
const [layoutMessage, attributeMessage, symbolsMessage] = [8, 12, 17];

const fail = (problem: string, got: string | number, expected: string | number): never => {
  throw new DataError(`save: ${problem}, got ${got}, expected ${expected}`);
};

/**
 * An HDF5 file in the format of h5py's default, that every version of the library reads: groups with any
 * number of members, contiguous data sets of numbers, attributes. The same content gives the same bytes.
 * @throws DataError for names that HDF5 does not have, data that does not fit its shape, and attributes above
 * 64 KiB, which only single texts may exceed
 * Source: HDF5 file format specification 3.0.
 */
export function writeHdf5(tree: Hdf5Tree): Uint8Array {
  return new Hdf5Writer().write(tree);
}

interface Message {
  readonly type: number;
  readonly body: ByteWriter;
  /** Where in the body the address of the heap of texts stands. */
  readonly textAt?: number;
}

class Hdf5Writer {
  readonly #out = new ByteWriter();
  readonly #texts: Uint8Array[] = [];
  /** Where the address of the heap of texts is wanted. */
  readonly #heapAddresses: number[] = [];

  write(tree: Hdf5Tree): Uint8Array {
    const out = this.#out;
    out.put([0x89]).ascii("HDF\r\n\u001a\n").u8(0, 0, 0, 0, 0, 8, 8, 0);
    out.u16(symbolsPerNode / 2, childrenPerNode / 2).u32(0);
    out.zeros(superblockSize - out.length);
    const root = this.#group(tree);
    this.#heap();
    // No base address, no list of free space, the file's length, no driver; the root's header.
    [0, nowhere, out.length, nowhere, 0, root].forEach((value, k) => out.patch64(24 + 8 * k, value));
    return out.finish();
  }

  /** Writes what is in the group, then its table of symbols, then its header, whose address is returned. */
  #group({ members, attributes }: Hdf5Tree): number {
    const out = this.#out;
    // The order of strcmp.
    const sorted = [...members].map(([name, member]) => ({ name: nameBytes(name), member }));
    sorted.sort((a, b) => compare(a.name, b.name));
    const names = new ByteWriter().zeros(8);
    const symbols = sorted.map(({ name, member }) => {
      const header = member instanceof Hdf5Tree ? this.#group(member) : this.#dataset(member);
      const offset = names.length;
      names.put(name).zeros(1).align8();
      return { offset, header };
    });
    const heap = out.length;
    // 1: no free space in the heap.
    out.ascii("HEAP").u32(0).u64(names.length, 1);
    out.u64(heap + 32).put(names.finish());
    const tree = this.#symbolTree(symbols);
    return this.#header(attributes, [[symbolsMessage, new ByteWriter().u64(tree, heap)]]);
  }

  /** Writes nodes of symbols and the B-tree over them; returns the address of its root. */
  #symbolTree(symbols: readonly { offset: number; header: number }[]): number {
    const out = this.#out;
    let nodes = inParts(symbols, symbolsPerNode).map((part) => {
      const address = out.length;
      out.ascii("SNOD").u8(1, 0).u16(part.length);
      for (const { offset, header } of part) out.u64(offset, header, 0, 0, 0);
      out.zeros(40 * (symbolsPerNode - part.length));
      return { address, last: part.at(-1)?.offset ?? 0 };
    });
    for (let level = 0; ; level++) {
      const parts = inParts(nodes, childrenPerNode);
      const start = out.length;
      const addressOf = (k: number): number =>
        k >= 0 && k < parts.length ? start + k * treeNodeSize : nowhere;
      // The first key of a node is the last name before it.
      let before = 0;
      nodes = parts.map((children, k) => {
        const count = children.length;
        out.ascii("TREE").u8(0, level).u16(count);
        out.u64(addressOf(k - 1), addressOf(k + 1), before);
        for (const { address, last } of children) out.u64(address, last);
        out.zeros(16 * (childrenPerNode - count));
        before = children.at(-1)?.last ?? 0;
        return { address: addressOf(k), last: before };
      });
      if (nodes.length === 1) return nodes[0]!.address;
    }
  }

  #dataset({ data, shape, attributes }: Hdf5NewDataset): number {
    const bytes = valueBytes({ data, shape });
    const address = bytes.length > 0 ? this.#out.length : nowhere;
    this.#out.put(bytes).align8();
    return this.#header(attributes, [
      [spaceMessage, spaceOf(shape)],
      [typeMessage, elementType({ data, shape })],
      // Version 2, space taken when values come, and filled as far as a value is given: none.
      [fillMessage, new ByteWriter().u8(2, 2, 2, 0)],
      [layoutMessage, new ByteWriter().u8(3, 1).u64(address, bytes.length)],
    ]);
  }

  #header(attributes: Hdf5NewDataset["attributes"], own: readonly (readonly [number, ByteWriter])[]): number {
    const out = this.#out;
    const messages: Message[] = own.map(([type, body]) => ({ type, body }));
    for (const [name, value] of attributes) messages.push(this.#attribute(name, value));
    for (const { body } of messages) body.align8();
    const size = messages.reduce((sum, { body }) => sum + 8 + body.length, 0);
    if (messages.length > 0xffff) fail("an object has too many attributes", messages.length, "65 535");
    const address = out.length;
    out.u8(1, 0).u16(messages.length).u32(1, size, 0);
    for (const { type, body, textAt } of messages) {
      out.u16(type, body.length).u32(0);
      if (textAt !== undefined) this.#heapAddresses.push(out.length + textAt);
      out.put(body.finish());
    }
    return address;
  }

  #attribute(name: string, value: Hdf5AttributeValue): Message {
    const bytes = nameBytes(name, true);
    const text = typeof value === "string";
    const array = text ? undefined : arrayOf(value);
    const [type, space] = [array ? elementType(array) : textType(), spaceOf(array?.shape ?? [])];
    // Version 3, whose names are UTF-8.
    const body = new ByteWriter().u8(3, 0);
    body
      .u16(bytes.length + 1, type.length, space.length)
      .u8(1)
      .put(bytes)
      .zeros(1);
    body.put(type.finish()).put(space.finish());
    if (array) body.put(valueBytes(array));
    else {
      const letters = textBytes(value as string);
      this.#texts.push(letters);
      body.u32(letters.length).u64(0).u32(this.#texts.length);
    }
    if (body.length > largestMessage) {
      fail(`attribute ${name} is too large`, `${body.length} bytes`, `${largestMessage} at most`);
    }
    return { type: attributeMessage, body, ...(text ? { textAt: body.length - 12 } : {}) };
  }

  /** Writes the texts of all attributes as one collection. */
  #heap(): void {
    const texts = this.#texts;
    if (texts.length === 0) return;
    if (texts.length > 0xffff) fail("there are too many attributes of text", texts.length, "65 535");
    const out = this.#out;
    const address = out.length;
    out.ascii("GCOL").u8(1, 0, 0, 0).u64(0);
    texts.forEach((letters, k) => {
      out
        .u16(k + 1, 0)
        .u32(0)
        .u64(letters.length);
      out.put(letters).align8();
    });
    // What is free is an object as well, with the number 0.
    const free = Math.max(smallestHeap - (out.length - address), 16);
    out.u64(0, free).zeros(free - 16);
    out.patch64(address + 8, out.length - address);
    for (const at of this.#heapAddresses) out.patch64(at, address);
  }
}

/** At least one part, which may be empty. */
function inParts<T>(items: readonly T[], size: number): T[][] {
  const count = Math.max(1, Math.ceil(items.length / size));
  return Array.from({ length: count }, (_, k) => items.slice(k * size, (k + 1) * size));
}

function textBytes(text: string): Uint8Array {
  if (text.includes("\0")) fail("a text ends early", JSON.stringify(text), "a text without the character 0");
  return new TextEncoder().encode(text);
}

function nameBytes(name: string, slash = false): Uint8Array {
  if (name === "" || name === "." || name === ".." || (!slash && name.includes("/"))) {
    fail("a name cannot be that of a member", JSON.stringify(name), "a name without /");
  }
  return textBytes(name);
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const k = a.findIndex((byte, at) => byte !== b[at]);
  return k < 0 ? a.length - b.length : a[k]! - (b[k] ?? -1);
}

function arrayOf(value: number | readonly string[] | Hdf5Array): Hdf5Array {
  if (typeof value === "number") {
    const data = Number.isSafeInteger(value) ? BigInt64Array.of(BigInt(value)) : Float64Array.of(value);
    return { data, shape: [] };
  }
  return "shape" in value ? value : { data: value, shape: [value.length] };
}

const isTexts = (data: Hdf5Array["data"]): data is readonly string[] => Array.isArray(data);

/** Bytes of the longest text. */
const textWidth = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, textBytes(text).length), 1);

function valueBytes({ data, shape }: Hdf5Array): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const fits = data.length === count && shape.length <= 32;
  if (!fits) fail("data does not fit its shape", `${data.length} values`, `[${shape}]`);
  if (!isTexts(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const width = textWidth(data);
  const bytes = new Uint8Array(width * data.length);
  data.forEach((text, k) => bytes.set(textBytes(text), k * width));
  return bytes;
}

function spaceOf(shape: readonly number[]): ByteWriter {
  const space = new ByteWriter().u8(1, shape.length, 0, 0).u32(0);
  return space.u64(...shape);
}

/** A text of variable length in UTF-8, which is a sequence of bytes. */
const textType = (): ByteWriter =>
  new ByteWriter().u8(0x19, 1, 1, 0).u32(16).u8(0x10, 0, 0, 0).u32(1).u16(0, 8);

function elementType({ data }: Hdf5Array): ByteWriter {
  const type = new ByteWriter();
  // UTF-8, filled up by zeros.
  if (isTexts(data)) return type.u8(0x13, 0x11, 0, 0).u32(textWidth(data));
  const size = data.BYTES_PER_ELEMENT;
  if (data instanceof Float32Array || data instanceof Float64Array) {
    const [exponent, mantissa, bias] = size === 4 ? [8, 23, 127] : [11, 52, 1023];
    type.u8(0x11, 0x20, 8 * size - 1, 0);
    type.u32(size).u16(0, 8 * size);
    return type.u8(mantissa!, exponent!, 0, mantissa!).u32(bias!);
  }
  const signed = /^(Big)?Int/.test(data.constructor.name);
  type.u8(0x10, signed ? 8 : 0, 0, 0);
  return type.u32(size).u16(0, 8 * size);
}
