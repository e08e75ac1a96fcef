import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { SGD } from "@hekla/optim";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Dense, EventFile, Sequential, TensorBoard } from "../index.js";
import { encodePng } from "./png.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hekla-events-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A reader of records and fields of its own, written from the formats' descriptions. */
function records(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    found.push(bytes.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return found;
}

type Fields = Record<number, (number | Buffer)[]>;

function fields(bytes: Buffer): Fields {
  const found: Fields = {};
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  const take = (count: number): number => {
    at += count;
    return at - count;
  };
  while (at < bytes.length) {
    const key = varint();
    found[key >> 3] ??= [];
    const list = found[key >> 3]!;
    if ((key & 7) === 0) list.push(varint());
    else if ((key & 7) === 1) list.push(bytes.readDoubleLE(take(8)));
    else if ((key & 7) === 5) list.push(bytes.readFloatLE(take(4)));
    else {
      const length = varint();
      const start = take(length);
      list.push(bytes.subarray(start, start + length));
    }
  }
  return found;
}

/** Events of the only file in a folder: step, tag and the message of the value. */
async function events(run: string): Promise<{ step: number; tag: string; value: Fields }[]> {
  const [name] = await readdir(run);
  return records(await readFile(join(run, name!))).flatMap((record) => {
    const event = fields(record);
    return (event[5] ?? []).flatMap((summary) =>
      (fields(summary as Buffer)[1] ?? []).map((message) => {
        const value = fields(message as Buffer);
        return { step: Number(event[2]![0]), tag: String(value[1]![0]), value };
      }),
    );
  });
}

it("keeps the bytes that TensorBoard's own reader has accepted", async () => {
  // Written by this class and read back by tensorboard 2.21.0's EventAccumulator, which checks both checksums.
  const file = new EventFile(join(folder, "fixed"));
  const { now } = Date;
  Date.now = () => 1_700_000_000_500;
  try {
    await file.scalars(3, { loss: 0.25 });
  } finally {
    Date.now = now;
  }
  const bytes = await readFile(file.path);
  expect(bytes.toString("hex")).toMatchInlineSnapshot(
    `"1a00000000000000129bd82d0900002040fc54d94110001a0d627261696e2e4576656e743a32bf8a691d1a00000000000000129bd82d0900002040fc54d94110032a0d0a0b0a046c6f7373150000803ebcf29b54"`,
  );
});

it("writes figures, histograms and pictures of a training", async () => {
  const model = new Sequential([new Dense(3, { inputShape: [2], name: "dense" })]);
  model.compile({ optimizer: new SGD(0.1), loss: "mse" });
  const x = { data: Float32Array.from({ length: 20 }, (_, k) => (k % 7) - 3), shape: [10, 2] };
  const y = { data: new Float32Array(30).fill(1), shape: [10, 3] };
  const board = new TensorBoard(join(folder, "logs"), { histogramFreq: 1, writeImages: true, updateFreq: 2 });
  const { history } = await model.fit(x, y, {
    epochs: 2,
    batchSize: 5,
    validationData: [x, y],
    callbacks: [board],
  });
  const train = await events(join(folder, "logs/train"));
  const scalar = (tag: string): [number, number][] =>
    train.filter((event) => event.tag === tag).map(({ step, value }) => [step, value[2]![0] as number]);
  expect(scalar("epoch_loss")).toEqual(history.loss!.map((loss, epoch) => [epoch, Math.fround(loss)]));
  expect(scalar("epoch_learningRate").map(([, rate]) => rate)).toEqual([0.1, 0.1].map(Math.fround));
  expect(scalar("batch_loss").map(([step]) => step)).toEqual([2, 4]);
  const validation = await events(join(folder, "logs/validation"));
  expect(validation.map(({ tag, value }) => [tag, value[2]![0]])).toEqual(
    history.val_loss!.map((loss) => ["epoch_loss", Math.fround(loss)]),
  );
  const histogram = train.find(({ tag, step }) => tag === "dense/kernel/histogram" && step === 1)!;
  const parts = fields(histogram.value[5]![0] as Buffer);
  const kernel = (await model.getWeights())[0]!.data;
  expect(parts[1]![0]).toBe(Math.min(...kernel));
  expect(parts[3]![0]).toBe(6);
  const counts = parts[7]![0] as Buffer;
  let total = 0;
  for (let at = 0; at < counts.length; at += 8) total += counts.readDoubleLE(at);
  expect(total).toBe(6);
  const image = fields(train.find(({ tag }) => tag === "dense/kernel/image")!.value[4]![0] as Buffer);
  expect([image[1]![0], image[2]![0], image[3]![0]]).toEqual([2, 3, 1]);
  expect((image[4]![0] as Buffer).subarray(1, 4).toString()).toBe("PNG");
});

it("encodes pictures without loss", async () => {
  const pixels = Uint8Array.from({ length: 2 * 3 * 3 }, (_, k) => k * 13);
  const png = Buffer.from(await encodePng(pixels, 2, 3, 3));
  const at = png.indexOf("IDAT");
  const lines = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  expect([...lines]).toEqual([0, ...pixels.subarray(0, 9), 0, ...pixels.subarray(9)]);
});

it("refuses what is no picture", async () => {
  const file = new EventFile(join(folder, "bad"));
  await expect(file.image(0, "x", { data: new Float32Array(10), shape: [1, 2, 5] })).rejects.toThrow(
    /is no picture/,
  );
});
