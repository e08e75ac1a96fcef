import { readFileSync } from "node:fs";
import { DataError, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { lookup3 } from "./checksums.js";
import { type Hdf5Dataset, type Hdf5Group, readHdf5 } from "./hdf5-reader.js";
import { readZip } from "./zip.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

/** Small, so that a size that is not checked shows as an allocation above it. */
const maxBytes = 2 ** 20;

/** Reads everything that a file holds; returns the bytes that its values take. */
function readAllHdf5(bytes: Uint8Array): number {
  let total = 0;
  const read = (value: () => { data: ArrayLike<unknown> }): void => {
    try {
      const { data } = value();
      total += "byteLength" in data ? (data.byteLength as number) : 0;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
  };
  const visit = (item: Hdf5Group | Hdf5Dataset): void => {
    for (const value of item.attributes.values()) read(value);
    if (item.kind === "dataset") read(item.read);
    else for (const member of item.members.values()) visit(member);
  };
  visit(readHdf5(bytes, { source: "fuzz", maxBytes }));
  return total;
}

function readAllZip(bytes: Uint8Array): number {
  let total = 0;
  for (const content of readZip(bytes, { source: "fuzz", maxBytes }).values()) {
    try {
      total += content().length;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
  }
  return total;
}

/** Changes a copy of the file in one to four places, as a damaged disk or a hostile writer would. */
function mutated(original: Uint8Array, random: HostRandom): Uint8Array {
  const below = (limit: number): number => Math.min(limit - 1, Math.floor(random.uniform() * limit));
  let bytes = Uint8Array.from(original);
  const view = new DataView(bytes.buffer);
  /** Half of the places hold something: long runs of zeros are padding mostly. */
  const place = (size: number): number => {
    let at = below(Math.max(1, bytes.length - size));
    if (below(2) === 0) while (bytes[at] === 0 && at + size < bytes.length - 1) at++;
    return below(2) === 0 ? at & ~7 : at;
  };
  const values = (at: number): bigint[] => [
    0n,
    2n ** 64n - 1n,
    2n ** 63n,
    2n ** 53n - 1n,
    2n ** 32n - 1n,
    2n ** 31n - 1n,
    0x0101_0101_0101_0101n,
    BigInt(at),
    BigInt(at & ~7),
    BigInt(bytes.length),
    BigInt(bytes.length - 1),
    BigInt(below(bytes.length)),
    BigInt(below(bytes.length) & ~7),
    BigInt(below(20)),
    BigInt(below(1000)),
  ];
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const kind = below(6);
    if (kind === 0) {
      const at = place(1);
      bytes[at]! ^= 1 << below(8);
    } else if (kind === 1) bytes[place(1)] = below(256);
    else if (kind === 2 && bytes.length > 8) {
      const at = place(8);
      const choices = values(at);
      view.setBigUint64(at, choices[below(choices.length)]!, true);
    } else if (kind === 3 && bytes.length > 8) {
      const at = place(4);
      const choices = values(at);
      view.setUint32(at, Number(choices[below(choices.length)]! & 0xffff_ffffn), true);
    } else if (kind === 4) {
      const size = Math.min(1 + below(below(2) === 0 ? 16 : 600), bytes.length - 1);
      const [from, to] = [place(size), place(size)];
      bytes.copyWithin(to, from, Math.min(from + size, bytes.length));
    } else if (below(4) === 0) {
      // The last change: the views above see the whole file.
      bytes = bytes.subarray(0, below(bytes.length + 1));
      break;
    }
  }
  return bytes;
}

/** Ends of the blocks of the latest format that checksums stand behind, by their starts. */
function checkedBlocks(bytes: Uint8Array): [start: number, end: number][] {
  const blocks: [number, number][] = [[0, 44]];
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  for (let at = letters.indexOf("OHDR"); at >= 0; at = letters.indexOf("OHDR", at + 1)) {
    const flags = bytes[at + 5]!;
    const sizeAt = at + 6 + (flags & 32 ? 16 : 0) + (flags & 16 ? 4 : 0);
    const width = 1 << (flags & 3);
    const size = bytes.subarray(sizeAt, sizeAt + width).reduceRight((value, byte) => value * 256 + byte, 0);
    blocks.push([at, sizeAt + width + size]);
  }
  return blocks;
}

const latest = fixture("latest.h5");
const latestBlocks = checkedBlocks(latest);

/** Writes checksums anew, so that what they protect is read although it is wrong. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [start, end] of latestBlocks) {
    if (end + 4 <= bytes.length) view.setUint32(end, lookup3(bytes.subarray(start, end)), true);
  }
  return bytes;
}

const keras = fixture("model.keras");
const weights = readZip(keras, { source: "model.keras" }).get("model.weights.h5")!();

type Target = readonly [name: string, file: Uint8Array, readAll: (bytes: Uint8Array) => number];
const targets: readonly Target[] = [
  ["a deflated zip", fixture("deflated.zip"), readAllZip],
  ["a .keras archive", keras, readAllZip],
  [".weights.h5", weights, readAllHdf5],
  ["a legacy .h5", fixture("legacy.h5"), readAllHdf5],
  ["every type and attributes", fixture("plain.h5"), readAllHdf5],
  ["chunks and filters", fixture("chunked.h5"), readAllHdf5],
  ["many members", fixture("members.h5"), readAllHdf5],
  ["the latest format", latest, readAllHdf5],
  ["the latest format with its checksums made right", latest, (bytes) => readAllHdf5(withChecksums(bytes))],
];
const casesPerTarget = 1200;

describe("mutated files are read, or refused by a DataError, in bounded time and memory", () => {
  it.each(targets)("%s", (name, file, readAll) => {
    expect(readAll(file)).toBeGreaterThan(0);
    const random = new HostRandom(7, name);
    const counts = { read: 0, refused: 0 };
    let slowest = 0;
    for (let k = 0; k < casesPerTarget; k++) {
      const bytes = mutated(file, random);
      const start = performance.now();
      try {
        expect(readAll(bytes)).toBeLessThanOrEqual(maxBytes);
        counts.read++;
      } catch (error) {
        // Anything else is a fault of the reader, and what was thrown says which.
        if (!(error instanceof DataError)) throw error;
        counts.refused++;
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    expect(counts.read + counts.refused).toBe(casesPerTarget);
    // Of both there are many, or the mutations are too weak or too strong to say anything.
    expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(casesPerTarget / 50);
    expect(slowest).toBeLessThan(2000);
    if (process.env.HEKLA_DEBUG) console.log(name, counts, `slowest ${slowest.toFixed(1)} ms`);
  });
});
