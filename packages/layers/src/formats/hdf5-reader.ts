import { type ByteCursor, ByteFile, defaultMaxBytes, type ReadOptions } from "./byte-file.js";
import { readChunks } from "./hdf5-chunks.js";
import { Claims } from "./hdf5-claims.js";
import { readFilters } from "./hdf5-filters.js";
import { type Message, readMessages, verify } from "./hdf5-header.js";
import { GlobalHeap } from "./hdf5-heap.js";
import { readLayout } from "./hdf5-layout.js";
import { isGroup, membersOf } from "./hdf5-links.js";
import {
  decodeValues,
  type ElementType,
  type Hdf5Array,
  type Hdf5Dtype,
  readElementType,
  readSpace,
  type Space,
} from "./hdf5-types.js";

/** Values by name; each is decoded when it is asked for first. */
export type Hdf5Attributes = ReadonlyMap<string, () => Hdf5Array>;

export interface Hdf5Group {
  readonly kind: "group";
  /** Names from the root on, joined by /; that of the root is "". */
  readonly path: string;
  readonly attributes: Hdf5Attributes;
  readonly members: ReadonlyMap<string, Hdf5Group | Hdf5Dataset>;
}

export interface Hdf5Dataset {
  readonly kind: "dataset";
  readonly path: string;
  readonly attributes: Hdf5Attributes;
  readonly dtype: Hdf5Dtype;
  readonly shape: readonly number[];
  /**
   * Decodes the values anew; throws DataError where they are broken or of a type or filter that is not read.
   */
  readonly read: () => Hdf5Array;
}

/** Message types. */
const [spaceType, elementType, fillType, externalType, layoutType, filterType] = [1, 3, 5, 7, 8, 11];
const [attributeType, attributeInfoType] = [0x0c, 0x15];
/** Keras nests three groups a layer within a layer. */
const deepest = 100;

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The groups of an HDF5 file with their attributes and data sets, as h5py writes them: by default (superblock
 * 0, symbol tables, chunks in B-trees with deflate, shuffle and fletcher32) and, for groups of few members,
 * with libver="latest". Values are decoded when they are asked for. Nothing is read outside of the file:
 * links are refused, and so is what they lead to.
 * @throws DataError for a file that is cut short, contradicts itself, holds links, values elsewhere, a group
 * within itself or groups more than 100 deep, or declares more than maxBytes, or takes more than a sixteenth
 * of that for everything but values
 * Source: HDF5 file format specification 3.0.
 */
export function readHdf5(bytes: Uint8Array, { source, maxBytes = defaultMaxBytes }: ReadOptions): Hdf5Group {
  const file = new ByteFile(bytes, source);
  // What is made of a block takes several times its bytes.
  const claims = new Claims(file, Math.min(bytes.length, Math.max(maxBytes / 16, 65536)));
  const root = new ObjectReader(claims, maxBytes).read(rootAddress(file), "", 0);
  return root.kind === "group" ? root : file.fail("the file is broken", "a data set as its root", "a group");
}

function rootAddress(file: ByteFile): number {
  const { length } = file.bytes;
  const head = file.cursor(0, Math.min(length, 112), "the beginning of the HDF5 file");
  head.signature("\u0089HDF\r\n\u001a\n");
  const version = head.u8();
  if (version > 3) file.fail("the HDF5 file is of an unknown version", version, "0 to 3");
  if (version < 2) head.skip(4);
  const [offsets, lengths] = [head.u8(), head.u8()];
  const wide = offsets === 8 && lengths === 8;
  if (!wide) file.fail("the HDF5 file has short offsets", `${offsets} and ${lengths} bytes`, 8);
  head.skip(version < 2 ? 9 + 4 * version : 1);
  const base = head.u64();
  head.skip(8);
  const end = head.u64();
  if (base !== 0 || end > length) file.fail("the file is cut short", `${length} bytes`, base + end);
  if (version < 2) head.skip(16);
  const root = head.u64();
  if (version >= 2) verify(file, 0, head.at, "the superblock");
  return root;
}

class ObjectReader {
  readonly #heap: GlobalHeap;
  /** For the texts of attributes: the blocks that they stand in are counted in `claims`. */
  readonly #texts: Claims;
  readonly #datasets = new Map<number, Hdf5Dataset>();
  #declared = 0;

  constructor(
    private readonly claims: Claims,
    private readonly maxBytes: number,
  ) {
    this.#heap = new GlobalHeap(claims);
    this.#texts = new Claims(claims.file);
  }

  read(address: number, path: string, depth: number): Hdf5Group | Hdf5Dataset {
    // Two names may share a data set, but not a group, so that a walk through the groups ends.
    const shared = this.#datasets.get(address);
    if (shared) return shared;
    const { fail } = this.claims.file;
    if (depth > deepest) fail("groups are nested too deep", `${depth} levels`, `at most ${deepest}`);
    const messages = readMessages(this.claims, address);
    const attributes = this.#attributes(messages, path);
    if (!isGroup(messages)) {
      const dataset = this.#dataset(messages, attributes, path);
      this.#datasets.set(address, dataset);
      return dataset;
    }
    const members = new Map<string, Hdf5Group | Hdf5Dataset>();
    for (const [name, member] of membersOf(this.claims, messages, path || "/")) {
      members.set(name, this.read(member, path ? `${path}/${name}` : name, depth + 1));
    }
    return { kind: "group", path, attributes, members };
  }

  #dataset(messages: readonly Message[], attributes: Hdf5Attributes, path: string): Hdf5Dataset {
    const { file } = this.claims;
    const find = (type: number): ByteCursor | undefined => messages.find((each) => each.type === type)?.body;
    const [spaceBody, typeBody, layoutBody] = [find(spaceType), find(elementType), find(layoutType)];
    if (!spaceBody || !typeBody || !layoutBody) {
      const found = `messages ${messages.map(({ type }) => type)}`;
      return file.fail(`${path} is neither a group nor a data set`, found, "one");
    }
    if (find(externalType)) file.fail(`${path} has its values in other files`, "external storage", "values");
    const [space, type] = [readSpace(spaceBody), readElementType(typeBody)];
    this.#declare(type, space, path);
    const layout = readLayout(layoutBody, space.count * type.size, space.shape.length, path);
    const filterBody = find(filterType);
    const filters = filterBody ? readFilters(filterBody) : [];
    const fillBody = find(fillType);
    const fill = fillBody ? readFill(fillBody) : noBytes;
    const read = (): Hdf5Array => {
      // What is not read fails before memory is taken.
      if (layout.kind === "unsupported") {
        file.fail(`${path} has chunks in the latest format`, "their newer index", "h5py's default format");
      }
      if (type.dtype === "unsupported") return this.#decode(type, space, noBytes, this.#texts, path);
      const bytes = new Uint8Array(space.count * type.size);
      const claims = new Claims(file);
      if (layout.kind === "whole") bytes.set(layout.data);
      else if (fill.length === type.size && fill.some((byte) => byte !== 0)) {
        bytes.set(bytes.length > 0 ? fill : noBytes);
        for (let done = type.size; done < bytes.length; done *= 2) bytes.copyWithin(done, 0, done);
      }
      if (layout.kind === "chunks" && space.count > 0) {
        const data = { layout, filters, shape: space.shape, size: type.size, what: path };
        readChunks(claims, bytes, data, this.maxBytes);
      }
      return this.#decode(type, space, bytes, claims, path);
    };
    return { kind: "dataset", path, attributes, dtype: type.dtype, shape: valueShape(type, space), read };
  }

  #decode(type: ElementType, space: Space, bytes: Bytes, claims: Claims, what: string): Hdf5Array {
    return { data: decodeValues(type, bytes, this.#heap, claims, what), shape: valueShape(type, space) };
  }

  #declare(type: ElementType, space: Space, what: string): void {
    this.#declared += space.count * Math.max(type.size, type.hostSize);
    if (!(this.#declared <= this.maxBytes)) {
      const size = `${this.#declared} bytes up to ${what}`;
      this.claims.file.fail("the content is too large", size, `at most ${this.maxBytes}`);
    }
  }

  #attributes(messages: readonly Message[], path: string): Hdf5Attributes {
    const attributes = new Map<string, () => Hdf5Array>();
    for (const { type, body } of messages) {
      if (type === attributeInfoType) refuseDense(body, path);
      if (type !== attributeType) continue;
      const attribute = this.#attribute(body, path);
      if (attributes.has(attribute.name)) {
        body.file.fail(`${path || "/"} is broken`, `attribute ${attribute.name} twice`, "different names");
      }
      attributes.set(attribute.name, attribute.read);
    }
    return attributes;
  }

  /** Source: HDF5 file format specification 3.0, IV.A.2.m. */
  #attribute(body: ByteCursor, path: string): { name: string; read: () => Hdf5Array } {
    const { file } = body;
    const version = body.u8();
    const flags = body.u8();
    if (version < 1 || version > 3 || (version > 1 && flags !== 0)) {
      file.fail(
        `an attribute of ${path || "/"} is not read`,
        `version ${version}, flags ${flags}`,
        "version 1 to 3",
      );
    }
    const sizes = [body.u16(), body.u16(), body.u16()];
    if (version === 3) body.skip(1);
    const [nameBody, typeBody, spaceBody] = sizes.map((size) => {
      const part = body.part(size);
      // Version 1 fills each part up to 8 bytes.
      if (version === 1) body.skip(-size & 7);
      return part;
    }) as [ByteCursor, ByteCursor, ByteCursor];
    const name = nameBody.text(nameBody.left).replace(/\0.*$/s, "");
    const what = `${path}@${name}`;
    const [type, space] = [readElementType(typeBody), readSpace(spaceBody)];
    this.#declare(type, space, what);
    const data = body.take(space.count * type.size);
    let value: Hdf5Array | undefined;
    const read = (): Hdf5Array => {
      value ??= this.#decode(type, space, new Uint8Array(data), this.#texts, what);
      return value;
    };
    return { name, read };
  }
}

const noBytes: Bytes = new Uint8Array(0);

const valueShape = ({ dtype, size }: ElementType, { shape }: Space): readonly number[] =>
  dtype === "opaque" ? [...shape, size] : shape;

/** What elements are that were never written. Source: HDF5 file format specification 3.0, IV.A.2.f. */
function readFill(body: ByteCursor): Uint8Array {
  const version = body.u8();
  if (version === 3) return (body.u8() & 0x20) === 0 ? noBytes : body.take(body.u32());
  body.skip(2);
  const defined = body.u8() === 1;
  return version === 1 || defined ? body.take(body.u32()) : noBytes;
}

function refuseDense(body: ByteCursor, path: string): void {
  body.skip(1);
  const flags = body.u8();
  if (flags & 1) body.skip(2);
  if (body.address() === undefined) return;
  const wanted = "at most 8, or a file that is written with libver='earliest' (h5py's default)";
  body.file.fail(`${path || "/"} has many attributes in the latest format`, "a fractal heap of them", wanted);
}
