import { DataError } from "@hekla/tensor";
import { type ByteCursor, ByteFile, defaultMaxBytes, type ReadOptions, utf8 } from "./byte-file.js";
import { ByteWriter } from "./byte-writer.js";
import { crc32 } from "./checksums.js";
import { inflate } from "./inflate.js";

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where the local header stands. */
  readonly header: number;
}

const endSize = 22;
const longestComment = 0xffff;
/** What an archive without zip64 can count, and what stands where a size is above 4 GiB. */
const mostFiles = 0xffff - 1;
const zip64 = 0xffffffff;
const storedMethod = 0;
const deflateMethod = 8;

/**
 * The files in a zip archive by name; each is unpacked, and compared with its checksum, when it is asked for.
 * What the central directory says counts. Folders are left out.
 * @throws DataError for an archive that is cut short, contradicts itself, is encrypted or spread over several
 * disks, holds a name twice or one that leads out of it, packs by another method than deflate, declares more
 * than maxBytes, or is above 4 GiB (zip64)
 * Source: PKWARE APPNOTE 6.3.
 */
export function readZip(
  bytes: Uint8Array,
  { source, maxBytes = defaultMaxBytes }: ReadOptions,
): Map<string, () => Uint8Array> {
  const file = new ByteFile(bytes, source);
  const { cursor, count, start } = directory(file);
  const entries: Entry[] = [];
  while (entries.length < count) entries.push(readEntry(cursor));
  if (cursor.left > 0) file.fail("the directory does not match its end", `${cursor.left} bytes more`, "none");
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) file.fail("two entries have one name", JSON.stringify(name), "different names");
    names.add(name);
  }
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) file.fail("the archive is too large", `${total} bytes`, `at most ${maxBytes}`);
  const files = new Map<string, () => Uint8Array>();
  let free = 0;
  for (const entry of [...entries].sort((a, b) => a.header - b.header)) {
    const data = locate(file, entry, free, start);
    free = data.end;
    if (!entry.name.endsWith("/")) files.set(entry.name, () => unpack(data, entry));
  }
  return files;
}

/** The central directory's bytes, found from the record at the end of the archive. */
function directory(file: ByteFile): { cursor: ByteCursor; count: number; start: number } {
  const { length } = file.bytes;
  for (let at = length - endSize; at >= Math.max(0, length - endSize - longestComment); at--) {
    const end = file.cursor(at, endSize, "the end of the archive");
    if (end.u32() !== 0x06054b50) continue;
    const disks = [end.u16(), end.u16()];
    const [count, countOfAll, size, start] = [end.u16(), end.u16(), end.u32(), end.u32()];
    // The record must end the file, or these four bytes are part of a comment.
    if (end.u16() !== length - end.at) continue;
    if (countOfAll > mostFiles || size === zip64 || start === zip64) {
      file.fail("the archive is too large", "one of the form zip64", `${mostFiles} files, 4 GiB`);
    }
    if (disks.some((disk) => disk !== 0) || count !== countOfAll) {
      file.fail("the archive is one of several parts", `parts ${disks}`, "one part");
    }
    if (start + size !== at) {
      file.fail("the archive is cut short or joined to something", `an end at ${start + size}`, at);
    }
    return { cursor: file.cursor(start, size, "the directory of the archive"), count, start };
  }
  return file.fail("the file is no zip archive or cut short", "no end record", "one");
}

function readEntry(cursor: ByteCursor): Entry {
  const { fail } = cursor.file;
  cursor.signature("PK\u0001\u0002");
  cursor.skip(4);
  const flags = cursor.u16();
  const method = cursor.u16();
  cursor.skip(4);
  const crc = cursor.u32();
  const [packed, size] = [cursor.u32(), cursor.u32()];
  const [nameLength, extraLength] = [cursor.u16(), cursor.u16()];
  const [commentLength, disk] = [cursor.u16(), cursor.u16()];
  cursor.skip(6);
  const header = cursor.u32();
  const name = utf8(cursor.take(nameLength), fail, "a name in the archive");
  cursor.skip(extraLength + commentLength);
  if ([packed, size, header].includes(zip64)) {
    fail(`${JSON.stringify(name)} is too large`, "sizes of the form zip64", "below 4 GiB");
  }
  checkName(name, fail);
  if (flags & 0x2041) fail(`${JSON.stringify(name)} is encrypted`, `flags ${flags}`, "no encryption");
  if (disk !== 0) fail("the archive is one of several parts", `part ${disk}`, "one part");
  if (method !== storedMethod && method !== deflateMethod) {
    fail(`${JSON.stringify(name)} is packed in an unknown way`, `method ${method}`, "0 or 8 (deflate)");
  }
  if (method === storedMethod && packed !== size) {
    fail(`${JSON.stringify(name)} is stored with two sizes`, `${packed} and ${size}`, "one");
  }
  if (name.endsWith("/") && size !== 0) fail(`the folder ${JSON.stringify(name)} has content`, size, 0);
  return { name, method, crc, packed, size, header };
}

/** Throws where a name could lead out of the folder that an archive is unpacked to. */
function checkName(name: string, fail: ByteFile["fail"]): void {
  const parts = name.replace(/\/$/, "").split("/");
  const outside = parts.some((part) => part === "" || part === "." || part === "..");
  if (outside || /[\\\0]|^[a-zA-Z]:/.test(name)) {
    fail("a name leads out of the archive", JSON.stringify(name), "a relative path with /, without ..");
  }
}

/**
 * Where an entry's bytes stand; they may not begin before `free`, nor reach into the directory at `start`.
 */
function locate(file: ByteFile, entry: Entry, free: number, start: number): ByteCursor {
  const quoted = JSON.stringify(entry.name);
  const header = file.cursor(entry.header, 30, `the header of ${quoted}`);
  header.signature("PK\u0003\u0004");
  header.skip(22);
  const [nameLength, extraLength] = [header.u16(), header.u16()];
  const data = file.cursor(header.at + nameLength + extraLength, entry.packed, `the content of ${quoted}`);
  if (entry.header < free || data.end > start) {
    const found = `bytes ${entry.header} to ${data.end}`;
    file.fail(`${quoted} overlaps another part`, found, `${free} to ${start}`);
  }
  const local = utf8(file.cursor(header.at, nameLength, "a name").take(nameLength), file.fail, "a name");
  if (local !== entry.name) file.fail(`${quoted} has two names`, JSON.stringify(local), quoted);
  return data;
}

function unpack({ file, at }: ByteCursor, { name, method, crc, packed, size }: Entry): Uint8Array {
  const content = file.bytes.subarray(at, at + packed);
  const named: ByteFile["fail"] = (problem, got, expected) =>
    file.fail(`${JSON.stringify(name)}: ${problem}`, got, expected);
  const { data, used } =
    method === storedMethod ? { data: new Uint8Array(content), used: packed } : inflate(content, size, named);
  if (used !== packed) named("bytes follow the compressed data", packed - used, 0);
  const sum = crc32(data);
  if (sum !== crc) named("the content is damaged", `checksum ${sum}`, crc);
  return data;
}

/** 1980-01-01, the first that the format knows, so that the same content gives the same bytes. */
const fixedDate = 0x0021;
const utf8Names = 0x0800;

/**
 * A zip archive of these files, stored as they are in the order of the map, like those that Keras writes. The
 * same content gives the same bytes.
 * @throws DataError for a name that `readZip` refuses, and above 65 534 files or 4 GiB, where zip64 would
 * begin
 */
export function writeZip(entries: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const fail: ByteFile["fail"] = (problem, got, expected) => {
    throw new DataError(`save: ${problem}, got ${got}, expected ${expected}`);
  };
  const out = new ByteWriter();
  const records = new ByteWriter();
  const total = [...entries].reduce((sum, [name, { length }]) => sum + length + 6 * name.length + 100, 0);
  if (total >= 2 ** 32 || entries.size > mostFiles) {
    fail("the archive is too large", `${entries.size} files, ${total} bytes`, `${mostFiles} files, 4 GiB`);
  }
  for (const [name, data] of entries) {
    checkName(name, fail);
    const nameBytes = new TextEncoder().encode(name);
    const noFile = name.endsWith("/") || nameBytes.length > 0xffff;
    if (noFile) fail("a name is no file's", JSON.stringify(name), "a path");
    const header = out.length;
    const flags = nameBytes.length === name.length ? 0 : utf8Names;
    // Version 2.0 of the format; flags, method, time, date, checksum and sizes stand in both headers alike.
    const common = new ByteWriter().u16(20, flags, storedMethod, 0, fixedDate).u32(crc32(data), data.length);
    common.u32(data.length).u16(nameBytes.length, 0);
    out.ascii("PK\u0003\u0004").put(common.finish()).put(nameBytes).put(data);
    // Made by version 2.0 on Unix: a file that its owner reads and writes, as Python's zipfile says.
    records.ascii("PK\u0001\u0002").u8(20, 3).put(common.finish());
    records
      .u16(0, 0, 0)
      .u32(0o600 << 16, header)
      .put(nameBytes);
  }
  const start = out.length;
  out.put(records.finish()).ascii("PK\u0005\u0006").u16(0, 0, entries.size, entries.size);
  return out.u32(records.length, start).u16(0).finish();
}
