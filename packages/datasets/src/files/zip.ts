import { DataError } from "@hekla/tensor/errors";
import { crc32 } from "./crc32.js";
import { unpackAtMost } from "./unpack-at-most.js";

/** A file in a zip archive, still packed. */
interface Member {
  readonly name: string;
  readonly packed: Uint8Array;
  readonly deflated: boolean;
  readonly crc: number;
  readonly size: number;
}

export interface ReadZipOptions {
  /** What to call the archive in errors. Default `"file"`. */
  readonly name?: string;
  /** The most that all members together may take when unpacked. Default 2 GiB. */
  readonly maxBytes?: number;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const HEADER = 0x04034b50;
/** What stands where a number is too large for the plain format (zip64). */
const ZIP64 = 0xffffffff;

/**
 * Unpacks the members of a zip archive, stored or deflated; folders are left out.
 *
 * Small on purpose: it needs nothing but the platform's own DecompressionStream, and takes archives below 4
 * GiB in one part. Every member is compared with its size and its checksum.
 *
 * @returns the bytes by name, in the order of the archive's directory
 * @throws DataError if the archive is cut short, damaged, encrypted, of the form zip64, packed by another
 * method, holds a name twice, or declares more than `maxBytes`
 *
 * Source: PKWARE APPNOTE 6.3.
 */
export async function readZip(
  bytes: Uint8Array,
  options: ReadZipOptions = {},
): Promise<Map<string, Uint8Array>> {
  const { name = "file", maxBytes = 2 ** 31 } = options;
  const members = directory(bytes, name);
  const total = members.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) throw refuse(name, "declares too much", `${total} bytes`, `at most ${maxBytes}`);
  const files = new Map<string, Uint8Array>();
  for (const member of members) {
    if (files.has(member.name)) throw refuse(name, "holds a name twice", member.name, "different names");
    files.set(member.name, await unpack(member, `${name}: ${member.name}`));
  }
  return new Map([...files].filter(([member]) => !member.endsWith("/")));
}

function refuse(name: string, problem: string, got: string, expected: string): DataError {
  return new DataError(`readZip: ${name} ${problem}, got ${got}, expected ${expected}`);
}

/** All members, by the directory at the end of the archive. */
function directory(bytes: Uint8Array, name: string): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const inside = (at: number, size: number, what: string): number => {
    if (at >= 0 && at + size <= bytes.length) return at;
    throw refuse(name, `is truncated: no ${what}`, `${bytes.length} bytes`, `${at + size}`);
  };
  const { start, count } = findDirectory(view, name);
  const members: Member[] = [];
  let at = start;
  while (members.length < count) {
    inside(at, 46, "directory entry");
    const signature = view.getUint32(at, true);
    if (signature !== ENTRY) {
      throw refuse(name, "has a damaged directory", `signature ${signature}`, `${ENTRY} at byte ${at}`);
    }
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const crc = view.getUint32(at + 16, true);
    const [packedSize, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const [nameLength, extra] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
    const header = view.getUint32(at + 42, true);
    const nameAt = inside(at + 46, nameLength, "member's name");
    const member = new TextDecoder().decode(bytes.subarray(nameAt, nameAt + nameLength));
    if (flags & 1)
      throw refuse(name, `has the encrypted member ${member}`, `flags ${flags}`, "no encryption");
    if (method !== 0 && method !== 8) {
      throw refuse(
        name,
        `packs ${member} in an unknown way`,
        `method ${method}`,
        "0 (stored) or 8 (deflated)",
      );
    }
    if ([packedSize, size, header].includes(ZIP64)) {
      throw refuse(name, `has the member ${member} of the form zip64`, "above 4 GiB", "below 4 GiB");
    }
    inside(header, 30, `header of ${member}`);
    const found = view.getUint32(header, true);
    if (found !== HEADER) throw refuse(name, `has no ${member}`, `signature ${found}`, `${HEADER}`);
    const content = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    inside(content, packedSize, `content of ${member}`);
    const packed = bytes.subarray(content, content + packedSize);
    members.push({ name: member, packed, deflated: method === 8, crc, size });
    at += 46 + nameLength + extra + view.getUint16(at + 32, true);
  }
  return members;
}

function findDirectory(view: DataView, name: string): { start: number; count: number } {
  const last = view.byteLength - 22;
  for (let at = last; at >= Math.max(0, last - 0xffff); at -= 1) {
    if (view.getUint32(at, true) !== END) continue;
    const [count, start] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
    if (start === ZIP64 || count === 0xffff)
      throw refuse(name, "is of the form zip64", "above 4 GiB", "below");
    return { start, count };
  }
  const expected = "the record that ends a zip archive";
  throw refuse(name, "is no zip archive, or truncated", `${view.byteLength} bytes without it`, expected);
}

async function unpack({ packed, deflated, size, crc }: Member, name: string): Promise<Uint8Array> {
  const content = deflated ? await inflate(packed, size, crc, name) : packed.slice();
  if (content.length !== size) {
    throw refuse(name, "unpacks to another size", `${content.length} bytes`, `${size} as it declares`);
  }
  const sum = crc32(content);
  if (sum !== crc) throw refuse(name, "is damaged", `checksum ${sum}`, `${crc}`);
  return content;
}

/**
 * Dresses the deflated bytes as a gzip file, because every Node 20 unpacks "gzip" but not every one
 * "deflate-raw"; stops as soon as there is more than `size` bytes.
 */
async function inflate(packed: Uint8Array, size: number, crc: number, name: string): Promise<Uint8Array> {
  const file = new Uint8Array(10 + packed.length + 8);
  file.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  file.set(packed, 10);
  const trailer = new DataView(file.buffer, 10 + packed.length);
  trailer.setUint32(0, crc, true);
  trailer.setUint32(4, size, true);
  let content: Uint8Array | undefined;
  try {
    content = await unpackAtMost("gzip", file, size);
  } catch (cause) {
    const got = `damaged bytes (${(cause as Error).message})`;
    throw refuse(name, "cannot be unpacked", got, "a deflate stream");
  }
  if (content) return content;
  throw refuse(name, "unpacks to more than it declares", `more than ${size} bytes`, `${size}`);
}

/** 1980-01-01, the first day that the format knows, so that the same content gives the same bytes. */
const FIXED_DATE = 0x0021;

/** A zip archive of these files, stored as they are; the same content gives the same bytes. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  let length = 0;
  const put = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
  };
  for (const [name, data] of files) {
    const letters = new TextEncoder().encode(name);
    // Version 2.0; bit 11: names are UTF-8. Sizes, checksum and date stand in both headers alike.
    const common = new Uint8Array(26);
    const view = new DataView(common.buffer);
    view.setUint16(0, 20, true);
    view.setUint16(2, 0x0800, true);
    view.setUint16(8, FIXED_DATE, true);
    view.setUint32(10, crc32(data), true);
    view.setUint32(14, data.length, true);
    view.setUint32(18, data.length, true);
    view.setUint16(22, letters.length, true);
    const entry = new Uint8Array(46 + letters.length);
    const directoryView = new DataView(entry.buffer);
    directoryView.setUint32(0, ENTRY, true);
    directoryView.setUint16(4, 20, true);
    entry.set(common, 6);
    directoryView.setUint32(42, length, true);
    entry.set(letters, 46);
    entries.push(entry);
    put(Uint8Array.of(0x50, 0x4b, 3, 4));
    put(common);
    put(letters);
    put(data);
  }
  const end = new Uint8Array(22);
  const endView = new DataView(end.buffer);
  endView.setUint32(0, END, true);
  endView.setUint16(8, files.size, true);
  endView.setUint16(10, files.size, true);
  endView.setUint32(
    12,
    entries.reduce((sum, entry) => sum + entry.length, 0),
    true,
  );
  endView.setUint32(16, length, true);
  for (const part of [...entries, end]) put(part);
  if (length >= ZIP64 || files.size >= 0xffff) {
    throw new DataError(
      `writeZip: got ${files.size} files, ${length} bytes, expected fewer than 65535, below 4 GiB`,
    );
  }
  const archive = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    archive.set(part, at);
    at += part.length;
  }
  return archive;
}
