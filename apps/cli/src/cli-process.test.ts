import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HeklaProcess, heklaProcess } from "./testing/hekla-process.js";

const tiny = ["--data", "synthetic", "--limit", "256", "--epochs", "2"];

let folder: string;
let hekla: HeklaProcess["hekla"];
let close: HeklaProcess["close"];
beforeAll(async () => {
  ({ folder, hekla, close } = await heklaProcess());
});
afterAll(() => close());

// Many small processes: quick, but not on a machine that is busy with other things.
const patience = { timeout: 180_000 };

describe("hekla train", patience, () => {
  it("prints one JSON object and writes the weights it names, the same ones for the same seed", async () => {
    const train = (seed: string, out: string) =>
      hekla(["train", "mnist-perceptron", ...tiny, "--json", "--seed", seed, "--out", out]);
    const first = await train("3", "first.keras");
    expect(first.err).not.toMatch(/error/i);
    expect(first.code).toBe(0);
    const report = JSON.parse(first.out);
    expect(report).toMatchObject({ model: "mnist-perceptron", preset: "default", seed: 3, parameters: 7850 });
    expect(report.config).toMatchObject({ epochs: 2, limit: 256, seed: 3 });
    expect(report.history.loss).toHaveLength(2);
    expect(report.history.loss[1]).toBeLessThan(report.history.loss[0]);
    expect(report.data).toMatchObject({
      source: "built-in synthetic digits",
      train: 256,
      validation: 0,
      test: 2000,
    });
    const bytes = await readFile(join(folder, "first.keras"));
    expect(report.weights).toEqual({
      file: "first.keras",
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });

    const again = JSON.parse((await train("3", "again.keras")).out);
    expect(again.weights.sha256).toBe(report.weights.sha256);
    expect(again.history).toEqual(report.history);
    const other = JSON.parse((await train("4", "other.keras")).out);
    expect(other.weights.sha256).not.toBe(report.weights.sha256);
  });

  it("shows summary and progress on stderr, results on stdout, without colour where there is no terminal", async () => {
    const { code, out, err } = await hekla(["train", "mnist-mlp", ...tiny]);
    expect(code).toBe(0);
    expect(err).toContain("dense_2 (Dense)");
    expect(err).toMatch(/epoch 2\/2 2\/2 ━{24} .*loss \d/);
    expect(out).toMatch(
      /test accuracy 0\.\d{4}, loss \d\.\d{4} on 2 000 digits \(built-in synthetic digits\)/,
    );
    expect(out).toContain("mnist-mlp.keras");
    expect(out + err).not.toMatch(/[\r\x1b]/);
    expect(existsSync(join(folder, "mnist-mlp.keras"))).toBe(true);
  });

  it("ends with 4 and writes nothing when training diverges", async () => {
    const flags = ["--optimizer", "sgd", "--learning-rate", "1e30", "--out", "diverged.keras"];
    const { code, err } = await hekla(["train", "mnist-mlp", ...tiny, ...flags]);
    expect(err).toMatch(/error: fit: training diverged/);
    expect(code).toBe(4);
    expect(existsSync(join(folder, "diverged.keras"))).toBe(false);
  });

  it("saves what there is on Ctrl-C, says where, and ends with 130", async () => {
    let told = false;
    const flags = ["--data", "synthetic", "--limit", "256", "--epochs", "1000000", "--out", "stopped.keras"];
    const { code, out, err } = await hekla(["train", "mnist-perceptron", ...flags], {}, (child, text) => {
      if (told || !text.includes("epoch       2/")) return;
      told = true;
      child.kill("SIGINT");
    });
    expect(err).toContain("stopping after this batch");
    expect(out).toMatch(
      /interrupted after \d+ full epochs?; what was learnt so far is saved in stopped.keras/,
    );
    expect(code).toBe(130);
    const scored = await hekla([
      "evaluate",
      "mnist-perceptron",
      "--weights",
      "stopped.keras",
      "--data",
      "synthetic",
    ]);
    expect(scored.code).toBe(0);
  });

  it("ends with 3 for broken data and leaves nothing behind", async () => {
    const data = join(folder, "broken");
    await mkdir(data);
    for (const name of ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]) {
      await writeFile(
        join(data, `${name}-ubyte`),
        Buffer.from([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1]),
      );
    }
    const broken = await hekla(["train", "mnist-mlp", "--out", "broken.keras"], { HEKLA_DATA_DIR: data });
    expect(broken.err).toMatch(/error: readIdx: .*train-images-idx3-ubyte is truncated, got 17 bytes/);
    expect(broken.code).toBe(3);
    expect((await readdir(folder)).filter((name) => name.startsWith("broken."))).toEqual([]);
  });
});

describe("a trained model", patience, () => {
  it("is scored, and reads a digit", async () => {
    const trained = await hekla(["train", "mnist-perceptron", ...tiny, "--json", "--out", "model.keras"]);
    const weights = ["--weights", "model.keras"];
    const scored = await hekla(["evaluate", "mnist-perceptron", ...weights, "--data", "synthetic", "--json"]);
    expect(scored.code).toBe(0);
    expect(JSON.parse(scored.out).test).toEqual(JSON.parse(trained.out).test);

    const read = await hekla([
      "predict",
      "mnist-perceptron",
      ...weights,
      "--data",
      "synthetic",
      "--index",
      "5",
    ]);
    expect(read.code).toBe(0);
    expect(read.out).toMatch(/^test digit 5, built-in synthetic digits\n/);
    expect(read.out).toMatch(/[▀▄█]/);
    expect(read.out).toMatch(/ 9 [█▏▎▍▌▋▊▉ ]+ \d+\.\d %/);
    expect(read.out).toMatch(/the network reads a \d, it is a \d\n$/);
    const json = await hekla([
      ...["predict", "mnist-perceptron", ...weights, "--data", "synthetic", "--index", "5", "--json"],
    ]);
    const shares = Object.values(JSON.parse(json.out).probabilities as Record<string, number>);
    expect(shares.reduce((total, share) => total + share, 0)).toBeCloseTo(1, 5);

    const far = await hekla([
      "predict",
      "mnist-perceptron",
      ...weights,
      "--data",
      "synthetic",
      "--index",
      "2000",
    ]);
    expect(far.err).toContain("no test digit 2000");
    expect(far.code).toBe(3);

    const other = await hekla(["evaluate", "mnist-mlp", ...weights, "--data", "synthetic"]);
    expect(other.err).toContain("model.keras: holds another model, got mnist-perceptron, expected mnist-mlp");
    expect(other.code).toBe(3);

    await writeFile(
      join(folder, "cut.keras"),
      (await readFile(join(folder, "model.keras"))).subarray(0, 5000),
    );
    const cut = await hekla([
      "evaluate",
      "mnist-perceptron",
      "--weights",
      "cut.keras",
      "--data",
      "synthetic",
    ]);
    expect(cut.err).toContain("cut.keras");
    expect(cut.code).toBe(3);
  });
});
