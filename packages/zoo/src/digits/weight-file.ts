import { DataError, type HostArray } from "@hekla/tensor";
import { fromHalf, toHalf } from "@hekla/tensor/half";

/** What a file of shipped weights holds. */
export interface WeightFile {
  /** Id of the zoo model. */
  readonly model: string;
  /** The settings it was trained with. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Weights by name; rounded to half precision in the file, exactly those numbers after reading. */
  readonly tensors: ReadonlyMap<string, HostArray>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const bytesPerHalf = 2;

/**
 * The bytes of a safetensors file of type F16: 8 bytes header length (little-endian), the header as JSON,
 * the values in the order of the map. Its metadata name the model, its settings, and a checksum of all that
 * is in it.
 * Source: safetensors format, huggingface/safetensors README.
 */
export function encodeWeightFile({ model, config, tensors }: WeightFile): Uint8Array {
  const parts: Uint8Array[] = [];
  const entries: Record<string, Entry> = {};
  let end = 0;
  for (const [name, { data, shape }] of tensors) {
    const values = littleEndian(toHalf(data));
    entries[name] = { dtype: "F16", shape, data_offsets: [end, end + values.length] };
    parts.push(values);
    end += values.length;
  }
  const values = joined(parts);
  const settings = JSON.stringify(config);
  const metadata = { model, config: settings, checksum: checksum([model, settings, entries], values) };
  const json = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...entries }));
  const length = Math.ceil(json.length / 8) * 8; // spaces fill it up
  const head = new Uint8Array(8 + length).fill(32);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(json, 8);
  return joined([head, values]);
}

/**
 * Reads what `encodeWeightFile` has written.
 * @param source name of the file, for errors
 * @throws DataError for a file that is cut short, is something else, or has changed since it was written
 */
export function decodeWeightFile(bytes: Uint8Array, source: string): WeightFile {
  const fail = (problem: string, got: string, expected: string): never => {
    throw new DataError(`pretrained: ${source}: ${problem}, got ${got}, expected ${expected}`);
  };
  const length =
    bytes.length < 8 ? -1 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length < 2 || length > bytes.length - 8) {
    fail("the file is cut short or no file of weights", `${bytes.length} bytes`, "a safetensors header");
  }
  const { __metadata__: metadata = {}, ...entries } = header(bytes.subarray(8, 8 + length), fail);
  const values = bytes.subarray(8 + length);
  const known = metadata as Partial<Record<"model" | "config" | "checksum", string>>; // cast: checked below
  const { model, config } = known;
  if (!model || !config || !known.checksum) {
    return fail("the header does not say what it holds", JSON.stringify(metadata), "model, config, checksum");
  }
  const found = checksum([model, config, entries], values);
  if (found !== known.checksum) {
    fail("the file is damaged", `${values.length} bytes of values, checksum ${found}`, known.checksum);
  }
  const tensors = new Map<string, HostArray>();
  for (const [name, entry] of Object.entries(entries)) {
    const {
      shape,
      data_offsets: [from, to],
    } = entry as Entry; // cast: the checksum is that of encodeWeightFile
    tensors.set(name, { data: fromHalf(fromLittleEndian(values.subarray(from, to))), shape });
  }
  return { model, config: JSON.parse(config) as WeightFile["config"], tensors };
}

type Fail = (problem: string, got: string, expected: string) => never;

function header(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  try {
    // Of anything but an object the entries are missing, which is seen where they are asked for.
    return Object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return fail("the header cannot be read", "broken JSON", "a safetensors header");
  }
}

/**
 * FNV-1a of header and values: one changed byte always gives another sum. Source: Fowler, Noll, Vo; RFC
 * 9923.
 */
function checksum(head: unknown, values: Uint8Array): string {
  let sum = 0x811c9dc5;
  for (const bytes of [new TextEncoder().encode(JSON.stringify(head)), values]) {
    for (let at = 0; at < bytes.length; at++) sum = Math.imul(sum ^ bytes[at]!, 0x01000193);
  }
  return (sum >>> 0).toString(16).padStart(8, "0");
}

function littleEndian(halves: Uint16Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(halves.length * bytesPerHalf));
  halves.forEach((half, at) => {
    view.setUint16(at * bytesPerHalf, half, true);
  });
  return new Uint8Array(view.buffer);
}

function fromLittleEndian(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint16Array.from({ length: bytes.length / bytesPerHalf }, (_, at) =>
    view.getUint16(at * bytesPerHalf, true),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
