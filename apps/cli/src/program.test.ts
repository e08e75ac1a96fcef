import { zoo } from "@hekla/zoo";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runProgram } from "./program.js";
import { recordingTerminal } from "./testing/recording-terminal.js";

async function hekla(...argv: string[]) {
  const terminal = recordingTerminal();
  const code = await runProgram(argv, terminal);
  return { code, out: terminal.outText(), err: terminal.errText() };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("help", () => {
  it("lists the commands", async () => {
    const { code, out } = await hekla("--help");
    expect(code).toBe(0);
    for (const name of ["zoo", "train", "evaluate", "predict", "summary"])
      expect(out).toMatch(RegExp(`^  ${name} `, "m"));
    expect(out).toContain("Exit codes: 0 ok, 1 failure, 2 usage, 3 data, 4 diverged, 130 interrupted.");
  });

  it("lists the models of a command", async () => {
    const { code, out } = await hekla("train", "--help");
    expect(code).toBe(0);
    expect(out).toMatch(/Models:\n {2}mnist-perceptron .*\n {2}mnist-mlp .*\n( {4,}.*\n)* {2}mnist-cnn /);
  });

  it("lists every flag of a model with doc, range and default", async () => {
    const { code, out } = await hekla("train", "mnist-cnn", "--help");
    expect(code).toBe(0);
    const text = out.replace(/\s+/g, " ");
    expect(text).toContain(
      "--batch-size <n> Samples a training step. [integer >= 1, samples] (default: 128)",
    );
    expect(text).toContain('--optimizer <word> Update rule. [one of sgd, rmsprop, adam] (default: "adam")');
    expect(text).toContain("lecture: The lecture's settings");
  });

  it("shows the version", async () => {
    expect(await hekla("--version")).toEqual({ code: 0, out: "0.1.0\n", err: "" });
  });
});

describe("usage errors end with 2 and say what was meant", () => {
  it.each([
    [["tran"], "error: unknown command 'tran'\n(Did you mean train?)"],
    [["train", "mnist-cn"], "error: unknown model 'mnist-cn'\n(Did you mean mnist-cnn?)"],
    [["train", "mnist-mlp", "--epoch", "3"], "error: unknown option '--epoch'\n(Did you mean --epochs?)"],
    [["train", "mnist-mlp", "--batch-size", "0"], 'error: --batch-size: got "0", expected an integer >= 1'],
    [["train", "mnist-mlp", "--preset", "quick"], 'error: unknown preset "quick"'],
    [["train", "mnist-mlp", "--threads", "0"], "Expected an integer from 1 to 64."],
    [["train", "mnist-mlp", "extra"], "error: too many arguments"],
    [["train", "mnist-mlp", "--epochs"], "error: option '--epochs <n>' argument missing"],
    [["train", "mnist-mlp", "--out", "/no/such/folder/m.keras"], "cannot write there"],
    [
      ["train", "mnist-mlp", "--backend", "cuda"],
      'error: unknown backend "cuda", expected one of auto, wasm, webgpu, gpujs, reference',
    ],
    [["evaluate", "mnist-mlp"], "error: required option '--weights <file>' not specified"],
    [["predict", "mnist-mlp", "--weights", "x.keras"], "expected --image FILE or --index N"],
  ])("%j", async (argv, message) => {
    const { code, out, err } = await hekla(...argv);
    expect(err).toContain(message);
    expect(code).toBe(2);
    expect(out).toBe("");
  });

  it("asks for a command, and for a model", async () => {
    expect((await hekla()).code).toBe(2);
    expect((await hekla("train")).code).toBe(2);
  });
});

describe("data errors end with 3", () => {
  it("names the three ways to get at the digits where there are none", async () => {
    vi.stubEnv("HEKLA_DATA_DIR", "");
    vi.stubEnv("XDG_CACHE_HOME", "/no/such/cache");
    const flags = ["--quiet", "--backend", "reference", "--no-download"];
    const { code, err } = await hekla("train", "mnist-mlp", ...flags);
    expect(code).toBe(3);
    for (const way of ["HEKLA_DATA_DIR", "/no/such/cache", "download", "--data synthetic"])
      expect(err).toContain(way);
  });

  it("names a model file that is not there", async () => {
    const { code, err } = await hekla(
      "evaluate",
      "mnist-mlp",
      "--weights",
      "missing.keras",
      "--data",
      "synthetic",
    );
    expect(code).toBe(3);
    expect(err).toContain("missing.keras");
  });
});

describe("zoo and summary", () => {
  it("lists the models with their parameters", async () => {
    const { code, out } = await hekla("zoo");
    expect(code).toBe(0);
    for (const text of ["mnist-perceptron", "7 850", "mnist-mlp", "118 282", "mnist-cnn", "1 256 080"]) {
      expect(out).toContain(text);
    }
    expect(JSON.parse((await hekla("zoo", "--json")).out)).toHaveLength(zoo.length);
  });

  it("shows the lecture's table", async () => {
    const { code, out } = await hekla("summary", "mnist-cnn");
    expect(code).toBe(0);
    expect(out).toMatch(/conv2d_2 .*\(None, 50, 14, 14\) .*25,?050/);
    expect(out).toMatch(/1,?256,?080/);
  });
});
