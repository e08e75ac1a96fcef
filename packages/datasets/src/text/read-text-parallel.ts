import { DataError } from "@hekla/tensor/errors";
import { linesOf, notUtf8 } from "./read-text.js";
import { runPass, type TextPassOptions, textPass } from "./text-pass.js";
import { availableWorkers, startTextWorker, type TextWorker } from "./text-worker.js";

/** How a large text is read. */
export interface ReadTextParallelOptions extends TextPassOptions {
  /** Name of the file, for messages. */
  readonly name: string;
  /** How many workers. 0 reads in this thread. Default: as many threads as there are, at most 8. */
  readonly workers?: number;
  /** Bytes a worker takes at a time, up to the end of a line. The result does not depend on it. Default 1 MiB. */
  readonly chunkBytes?: number;
}

const OWNER = "readTextParallel";
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Where pieces of about `chunkBytes` end, each behind a line feed. */
function* pieces(bytes: Uint8Array, chunkBytes: number): Generator<[start: number, end: number]> {
  let start = BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? 3 : 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(10, start + chunkBytes - 1);
    const end = feed < 0 ? bytes.length : feed + 1;
    yield [start, end];
    start = end;
  }
}

/**
 * The lines of a large UTF-8 file, decoded, normalised, perhaps in small letters and tokenised by several workers.
 *
 * The lines and their order are the same for any number of workers. Tokens of a line are parted by single blanks. What
 * is done to a line is little beside decoding it unless tokens are wanted: workers pay for themselves then.
 *
 * @throws DataError for an empty file, bytes that are not UTF-8 (the first such line of the file), or options that are
 * not usable
 */
export async function readTextParallel(
  bytes: Uint8Array,
  options: ReadTextParallelOptions,
): Promise<string[]> {
  const { name, chunkBytes = 1 << 20 } = options;
  const workers = options.workers ?? Math.min(await availableWorkers(), 8);
  for (const [option, value, least] of [
    ["workers", workers, 0],
    ["chunkBytes", chunkBytes, 1],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new DataError(
        `${OWNER}: ${option} is not usable, got ${value}, expected an integer of at least ${least}`,
      );
    }
  }
  const all = [...pieces(bytes, chunkBytes)];
  if (all.length === 0) {
    throw new DataError(`${OWNER}: ${name} line 1 is missing, got an empty file, expected lines of text`);
  }
  const texts: (string | undefined)[] = new Array(all.length);
  const pass = textPass(options);
  const wanted = Math.min(workers, all.length);
  const started: TextWorker[] = [];
  try {
    for (let i = 0; i < wanted; i += 1) {
      const worker = await startTextWorker(pass);
      if (worker) started.push(worker);
    }
    let next = 0;
    const work = async (worker: TextWorker): Promise<void> => {
      while (next < all.length) {
        const index = next;
        next += 1;
        texts[index] = await worker.run(bytes.slice(...all[index]!));
        // What comes behind broken bytes is not wanted any more; what comes before them is under way already.
        if (texts[index] === undefined) next = all.length;
      }
    };
    await Promise.all((started.length > 0 ? started : [ownThread(runPass(pass))]).map(work));
  } finally {
    for (const worker of started) worker.terminate();
  }
  const broken = texts.indexOf(undefined);
  if (broken >= 0) {
    const [start, end] = all[broken]!;
    const before = bytes.subarray(0, start).reduce((feeds, byte) => feeds + (byte === 10 ? 1 : 0), 0);
    throw notUtf8(bytes.subarray(start, end), { name, owner: OWNER }, before + 1);
  }
  // One list a piece: a list of all lines made at once would need the whole text once more.
  return texts.flatMap((text) => linesOf(text!));
}

function ownThread(pass: (bytes: Uint8Array) => string): TextWorker {
  return {
    run: async (piece) => {
      try {
        return pass(piece);
      } catch {
        return undefined;
      }
    },
    terminate() {},
  };
}
