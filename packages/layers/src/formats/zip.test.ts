import { readFileSync } from "node:fs";
import { deflateRawSync, deflateSync } from "node:zlib";
import { DataError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { inflate, inflateZlib } from "./inflate.js";
import { readZip, writeZip } from "./zip.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const read = (bytes: Uint8Array, maxBytes?: number): Record<string, Uint8Array> => {
  const files = readZip(bytes, { source: "a.zip", ...(maxBytes === undefined ? {} : { maxBytes }) });
  return Object.fromEntries([...files].map(([name, content]) => [name, content()]));
};
const ours = (): Map<string, Uint8Array> =>
  new Map([
    ["metadata.json", ascii("{}")],
    ["folder/größe.bin", Uint8Array.from({ length: 1000 }, (_, k) => k)],
    ["empty", new Uint8Array(0)],
  ]);

/** An archive like ours with other bytes at a place counted from where `mark` is found for the nth time. */
function changed(
  mark: string,
  nth: number,
  offset: number,
  bytes: ArrayLike<number>,
  from = writeZip(ours()),
): Uint8Array {
  const copy = Uint8Array.from(from);
  const letters = String.fromCharCode(...copy);
  let at = -1;
  for (let k = 0; k <= nth; k++) at = letters.indexOf(mark, at + 1);
  copy.set(bytes, at + offset);
  return copy;
}
const central = "PK\u0001\u0002";
const end = "PK\u0005\u0006";
const u32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);

describe("readZip", () => {
  it("reads what Python's zipfile deflated, stored, and gave sizes of 8 bytes", () => {
    const files = read(fixture("deflated.zip"));
    expect(Object.keys(files)).toEqual(["text.txt", "folder/größe.bin", "stored.bin", "empty", "zip64.bin"]);
    const lines = Array.from({ length: 120 }, (_, k) => `line ${k} of a text that deflate makes short\n`);
    expect(text(files["text.txt"]!)).toBe(lines.join(""));
    expect(files["folder/größe.bin"]).toEqual(Uint8Array.from({ length: 768 }, (_, k) => k % 256));
    expect(text(files["stored.bin"]!)).toBe("stored");
    expect(files["empty"]).toEqual(new Uint8Array(0));
    expect(text(files["zip64.bin"]!)).toBe("sizes of 8 bytes");
  });

  it("reads what Keras wrote", () => {
    const files = read(fixture("model.keras"));
    expect(Object.keys(files)).toEqual(["metadata.json", "config.json", "model.weights.h5"]);
    expect(JSON.parse(text(files["config.json"]!))).toMatchObject({ class_name: "Functional" });
  });

  it("reads what writeZip wrote, whose bytes depend on the content only", () => {
    const bytes = writeZip(ours());
    expect(new Map(Object.entries(read(bytes)))).toEqual(ours());
    expect(writeZip(ours())).toEqual(bytes);
    expect(read(writeZip(new Map()))).toEqual({});
  });

  it("takes a comment that looks like an end", () => {
    const comment = ascii("PK\u0005\u0006 a comment that is longer than the record of the end");
    const bytes = Uint8Array.of(...changed(end, 0, 20, [comment.length, 0]), ...comment);
    expect(Object.keys(read(bytes))).toHaveLength(3);
  });

  const size = writeZip(ours()).length;
  const damaged: [string, Uint8Array, string][] = [
    ["nothing", new Uint8Array(0), "no zip archive or cut short"],
    ["no zip", ascii("PK\u0003\u0004".repeat(20)), "no zip archive or cut short"],
    ["a cut end", writeZip(ours()).subarray(0, size - 1), "no zip archive or cut short"],
    ["a cut beginning", writeZip(ours()).subarray(4), "cut short or joined to something"],
    ["bytes in front", Uint8Array.of(0, ...writeZip(ours())), "cut short or joined to something"],
    ["encryption", changed(central, 0, 8, [1]), '"metadata.json" is encrypted'],
    ["an unknown method", changed(central, 0, 10, [12]), "packed in an unknown way, got method 12"],
    ["two sizes", changed(central, 0, 24, [3]), "stored with two sizes, got 2 and 3"],
    ["damage", changed("{}", 0, 0, [1]), '"metadata.json": the content is damaged'],
    ["entries that overlap", changed(central, 1, 42, u32(0)), '"folder/größe.bin" overlaps another part'],
    [
      "content over the directory",
      changed(central, 2, 20, [...u32(99), ...u32(99)]),
      "overlaps another part",
    ],
    ["a header elsewhere", changed(central, 1, 42, u32(5)), "signature"],
    ["a header outside", changed(central, 1, 42, u32(2 ** 31)), "is outside of the file"],
    [
      "two names",
      changed("metadata", 0, 0, ascii("x")),
      '"metadata.json" has two names, got "xetadata.json"',
    ],
    ["one entry more", changed(end, 0, 8, [4, 0, 4, 0]), "is cut short"],
    ["one entry less", changed(end, 0, 8, [2, 0, 2, 0]), "the directory does not match its end"],
    ["several disks", changed(end, 0, 4, [1]), "one of several parts"],
    ["a zip64 archive", changed(end, 0, 16, u32(2 ** 32 - 1)), "too large, got one of the form zip64"],
    ["an entry of 8 byte sizes", changed(central, 1, 24, u32(2 ** 32 - 1)), "got sizes of the form zip64"],
  ];
  it.each(damaged)("refuses %s", (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(DataError);
    expect(() => read(bytes)).toThrow(message);
  });

  it.each(["/etc/x", "../x", "a/../x", "a/..", "./x", "a//x", "a\\x", "C:x", "c:/x", "a\0b", ""])(
    "refuses the name %j",
    (name) => {
      expect(() => writeZip(new Map([[name, new Uint8Array(1)]]))).toThrow("leads out of the archive");
      const placeholder = "n".repeat(name.length);
      let bytes: Uint8Array = writeZip(new Map([[placeholder || "n", new Uint8Array(1)]]));
      if (name === "")
        bytes = changed(central, 0, 28, [0, 0], changed("PK\u0003\u0004", 0, 26, [0, 0], bytes));
      else for (const nth of [0, 0]) bytes = changed(placeholder, nth, 0, ascii(name), bytes);
      expect(() => read(bytes)).toThrow(name === "" ? DataError : "leads out of the archive");
    },
  );

  it("refuses a name twice", () => {
    const bytes = writeZip(
      new Map([
        ["aa", ascii("1")],
        ["ab", ascii("2")],
      ]),
    );
    const twice = changed("ab", 0, 0, ascii("aa"), changed("ab", 1, 0, ascii("aa"), bytes));
    expect(() => read(twice)).toThrow('two entries have one name, got "aa"');
  });

  it("adds up declared sizes before anything is unpacked", () => {
    const total = 1002;
    expect(Object.keys(read(writeZip(ours()), total))).toHaveLength(3);
    expect(() => read(writeZip(ours()), total - 1)).toThrow("the archive is too large, got 1002 bytes");
    const files = readZip(bomb(100_000, 100_000), { source: "b", maxBytes: 100_000 });
    expect(files.get("bomb")!().length).toBe(100_000);
    expect(() => read(bomb(100_000, 2 ** 32 - 2))).toThrow("the archive is too large, got 4294967294 bytes");
  });

  it("refuses content that unpacks to another size than it declares", () => {
    expect(() => read(bomb(100_000, 99_999))).toThrow("unpacks to more than it declares");
    expect(() => read(bomb(100_000, 100_001))).toThrow("unpacks to less than it declares");
    const packed = Uint8Array.of(...deflateRawSync(new Uint8Array(9)), 0);
    const longer = changed(central, 0, 10, [8], writeZip(new Map([["x", packed]])));
    expect(() => read(changed(central, 0, 24, u32(9), longer))).toThrow("bytes follow the compressed data");
    // 100 000 zeros take 113 bytes, which cannot become more than 1032 times as many.
    expect(() => read(bomb(100_000, 200_000))).toThrow("too short for its size");
  });
});

/** An archive of one entry that holds zeros by deflate, and says that it unpacks to `declared` bytes. */
function bomb(length: number, declared: number): Uint8Array {
  const packed = deflateRawSync(new Uint8Array(length));
  let bytes: Uint8Array = writeZip(new Map([["bomb", packed]]));
  bytes = changed(central, 0, 24, u32(declared), changed(central, 0, 10, [8], bytes));
  if (length !== declared) return bytes;
  const sum = new DataView(writeZip(new Map([["bomb", new Uint8Array(length)]])).buffer).getUint32(14, true);
  return changed(central, 0, 16, u32(sum), bytes);
}

describe("inflate", () => {
  const fail = (problem: string, got: string | number, expected: string | number): never => {
    throw new DataError(`${problem}, got ${got}, expected ${expected}`);
  };
  const random = (seed: number) => (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return (seed >>> 8) / 2 ** 24;
  };

  it("unpacks what zlib packed, at every level and of every kind", () => {
    const next = random(1);
    const inputs = [0, 1, 2, 3, 100, 1000, 40_000, 100_000].flatMap((length) => [
      new Uint8Array(length),
      Uint8Array.from({ length }, () => next() * 256),
      Uint8Array.from({ length }, () => 65 + next() ** 3 * 20),
      Uint8Array.from({ length }, (_, k) => (k * k) >> 7),
    ]);
    for (const input of inputs) {
      for (const options of [
        { level: 0 },
        { level: 1 },
        { level: 9 },
        { strategy: 4 },
        { strategy: 2 },
        { strategy: 3 },
      ]) {
        const packed = deflateRawSync(input, options);
        const { data, used } = inflate(packed, input.length, fail);
        expect(used).toBe(packed.length);
        expect(Buffer.compare(data, input)).toBe(0);
      }
    }
  });

  it("refuses every cut", () => {
    const packed = deflateRawSync(
      ascii("a text that is long enough for a code of its own: ".repeat(9) + "xyz".repeat(30)),
    );
    for (let length = 0; length < packed.length; length++) {
      expect(() => inflate(packed.subarray(0, length), 540, fail)).toThrow(DataError);
    }
  });

  it("refuses a zlib stream with another checksum, or none", () => {
    const packed = Uint8Array.from(deflateSync(ascii("text")));
    expect(text(inflateZlib(packed, 4, fail))).toBe("text");
    expect(() => inflateZlib(packed.subarray(0, -1), 4, fail)).toThrow("the compressed data is damaged");
    packed[packed.length - 1]! ^= 1;
    expect(() => inflateZlib(packed, 4, fail)).toThrow("the compressed data is damaged");
    packed[0] = 0;
    expect(() => inflateZlib(packed, 4, fail)).toThrow("expected a zlib stream");
  });

  it.each([
    ["a block of kind 3", [7], "a block of kind 3"],
    ["a stored block of two sizes", [1, 1, 0, 1, 0], "a block of two sizes"],
    ["a match before the beginning", [0x03, 0x02, 0], "a match"],
    ["a code with too many words", [5, 0, 0x92, 0x24, 0x49, 0, 0], "a code with too many words"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => inflate(Uint8Array.from(bytes), 10, fail)).toThrow(message);
  });
});
