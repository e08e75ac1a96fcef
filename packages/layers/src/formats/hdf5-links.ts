import { type ByteCursor, utf8 } from "./byte-file.js";
import type { Claims } from "./hdf5-claims.js";
import type { Message } from "./hdf5-header.js";

/** Message types. */
const linkInfo = 0x02;
const link = 0x06;
const symbolTable = 0x11;

export const isGroup = (messages: readonly Message[]): boolean =>
  messages.some(({ type }) => type === linkInfo || type === link || type === symbolTable);

/** Object headers of a group's members by name; throws DataError for links that are not hard ones. */
export function membersOf(claims: Claims, messages: readonly Message[], path: string): Map<string, number> {
  const { fail } = claims.file;
  const members = new Map<string, number>();
  const add = (name: string, address: number): void => {
    const quoted = JSON.stringify(name);
    if (/^\.{0,2}$|[/\0]/.test(name)) fail(`group ${path} is broken`, `name ${quoted}`, "a name");
    if (members.has(name)) fail(`group ${path} is broken`, `${quoted} twice`, "different names");
    members.set(name, address);
  };
  for (const { type, body } of messages) {
    if (type === link) readLink(body, path, add);
    else if (type === symbolTable) readSymbolTable(claims, body, path, add);
    else if (type === linkInfo) {
      body.skip(1);
      const flags = body.u8();
      if (flags & 1) body.skip(8);
      if (body.address() !== undefined) {
        const wanted = "one of few members, or one that is written with libver='earliest' (h5py's default)";
        fail(`group ${path} has many members in the latest format`, "links in a fractal heap", wanted);
      }
    }
  }
  return members;
}

type Add = (name: string, address: number) => void;

const refuseLink = (body: ByteCursor, path: string, name: string, kind: string): never =>
  body.file.fail(`${path}/${name} is a link, which is not followed`, `${kind} link`, "an object of the file");

/** Source: HDF5 file format specification 3.0, IV.A.2.g. */
function readLink(body: ByteCursor, path: string, add: Add): void {
  body.skip(1);
  const flags = body.u8();
  const kind = flags & 8 ? body.u8() : 0;
  body.skip((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const name = body.text(body.unsigned(1 << (flags & 3)));
  const kindName = kind === 1 ? "a soft" : kind === 64 ? "an external" : "an unknown";
  if (kind !== 0) refuseLink(body, path, name, kindName);
  add(name, body.u64());
}

/** Source: HDF5 file format specification 3.0, III.A, III.B and III.D. */
function readSymbolTable(claims: Claims, body: ByteCursor, path: string, add: Add): void {
  const what = `group ${path}`;
  const { file } = claims;
  const [tree, heapAddress] = [body.u64(), body.u64()];
  const heap = claims.take(heapAddress, 32, what);
  heap.signature("HEAP");
  heap.skip(4);
  const size = heap.u64();
  heap.skip(8);
  const names = file.cursor(heap.u64(), size, what).take(size);

  const nameAt = (offset: number): string => {
    const end = names.indexOf(0, offset);
    if (end < 0) file.fail(`${what} is broken`, `a name at byte ${offset}`, "a name");
    claims.charge(end - offset, what);
    return utf8(names.subarray(offset, end), file.fail, what);
  };
  for (const { child } of treeChildren(claims, tree, 0, 8, what)) {
    const head = file.cursor(child, 8, what);
    head.signature("SNOD");
    head.skip(2);
    const count = head.u16();
    const node = claims.take(child, 8 + 40 * count, what);
    node.skip(8);
    for (let k = 0; k < count; k++) {
      const [nameOffset, header, cached] = [node.u64(), node.address(), node.u32()];
      node.skip(20);
      const name = nameAt(nameOffset);
      add(name, cached === 2 || header === undefined ? refuseLink(node, path, name, "a soft") : header);
    }
  }
}

/**
 * The leaves' children of a B-tree of version 1, each with its left key, of `keySize` bytes.
 * @param kind 0: groups, 1: chunks
 */
export function* treeChildren(
  claims: Claims,
  address: number,
  kind: number,
  keySize: number,
  what: string,
  parentLevel = Number.POSITIVE_INFINITY,
): Generator<{ key: ByteCursor; child: number }> {
  const { file } = claims;
  const head = file.cursor(address, 24, what);
  head.signature("TREE");
  const [found, level, count] = [head.u8(), head.u8(), head.u16()];
  const lower = level < parentLevel;
  if (found !== kind || !lower) file.fail(`${what}: the index is broken`, `level ${level}`, "a tree");
  const node = claims.take(address, 24 + (keySize + 8) * count, what);
  node.skip(24);
  for (let k = 0; k < count; k++) {
    const key = node.part(keySize);
    const child = node.u64();
    if (level === 0) yield { key, child };
    else yield* treeChildren(claims, child, kind, keySize, what, level);
  }
}
