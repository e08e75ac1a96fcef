import type { ByteCursor, ByteFile } from "./byte-file.js";
import { lookup3 } from "./checksums.js";
import type { Claims } from "./hdf5-claims.js";

/** One fact about an object. */
export interface Message {
  readonly type: number;
  readonly body: ByteCursor;
}

const continuation = 0x10;
const sharedFlag = 2;
const checksumSize = 4;
/** What the older headers can count. */
const mostMessages = 65535;

/** Throws DataError where the 4 bytes after a block are not its checksum. */
export function verify(file: ByteFile, start: number, end: number, what: string): void {
  const cursor = file.cursor(start, end + checksumSize - start, what);
  const found = lookup3(cursor.take(end - start));
  const stored = cursor.u32();
  if (found !== stored) file.fail(`${what} is damaged`, `checksum ${found}`, stored);
}

/**
 * The messages of the object header at `address`, those in its continuations too.
 * Source: HDF5 file format specification 3.0, IV.A.1.
 */
export function readMessages(claims: Claims, address: number): Message[] {
  const first = claims.file.cursor(address, 1, "an object header").u8();
  return first === 1 ? messagesOfVersion1(claims, address) : messagesOfVersion2(claims, address);
}

function messagesOfVersion1(claims: Claims, address: number): Message[] {
  const head = claims.take(address, 16, "an object header");
  head.skip(2);
  const count = head.u16();
  head.skip(4);
  const blocks = [claims.take(address + 16, head.u32(), "an object header")];
  const messages: Message[] = [];
  for (const block of blocks) {
    while (block.left >= 8 && messages.length < count) {
      const [type, size, flags] = [block.u16(), block.u16(), block.u8()];
      block.skip(3);
      const body = block.part(size, `message ${type}`);
      messages.push(message(type, flags, body));
      if (type === continuation) blocks.push(claims.take(body.u64(), body.u64(), "a continued header"));
    }
  }
  return messages;
}

function messagesOfVersion2(claims: Claims, address: number): Message[] {
  const { file } = claims;
  const head = file.cursor(address, Math.min(64, file.bytes.length - address), "an object header");
  head.signature("OHDR");
  const version = head.u8();
  if (version !== 2) file.fail("an object header is of an unknown version", version, "1 or 2");
  const flags = head.u8();
  // Times, and limits of the attributes' storage.
  head.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
  const size = head.unsigned(1 << (flags & 3));
  const headerSize = flags & 4 ? 6 : 4;
  const total = head.at - address + size + checksumSize;
  const block = claims.take(address, total, "an object header");
  block.skip(head.at - address);
  const blocks = [{ start: address, block }];
  const messages: Message[] = [];
  for (const { start, block } of blocks) {
    verify(file, start, block.end - checksumSize, "an object header");
    while (block.left - checksumSize >= headerSize && messages.length < mostMessages) {
      const [type, length, messageFlags] = [block.u8(), block.u16(), block.u8()];
      block.skip(headerSize - 4);
      const body = block.part(length, `message ${type}`);
      messages.push(message(type, messageFlags, body));
      if (type !== continuation) continue;
      const next = body.u64();
      const more = claims.take(next, body.u64(), "a continued header");
      more.signature("OCHK");
      if (more.left < checksumSize) file.fail("a continuation is cut short", more.left, checksumSize);
      blocks.push({ start: next, block: more });
    }
  }
  return messages;
}

function message(type: number, flags: number, body: ByteCursor): Message {
  if (flags & sharedFlag) {
    body.file.fail(`message ${type} is shared between objects`, "a reference", "one of the object's own");
  }
  return { type, body };
}
