import { expect, it } from "vitest";
import { parseCommandLine, USAGE } from "./command-line.js";
import { TASKS } from "./tasks.js";

const parse = (line: string) => parseCommandLine(line.split(" "), 8);

it("reads a work and how it is to be measured", () => {
  const { work, settings, json } = parse("mlp --rounds 5 --warmup 0 --only hekla,jax-js --json");
  expect(work).toBe("mlp");
  expect(json).toBe(true);
  expect(settings).toMatchObject({ rounds: 5, warmup: 0, steps: undefined, only: ["hekla", "jax-js"] });
});

it("takes at most four threads where nothing is said", () => {
  expect(parse("mlp").settings.threads).toBe(4);
  expect(parseCommandLine(["mlp"], 2).settings.threads).toBe(2);
  expect(parse("mlp --threads 6").settings.threads).toBe(6);
});

it("reads how all of them are run in pieces", () => {
  expect(parse("all --resume there --markdown docs/x.md --works mlp,startup")).toMatchObject({
    work: "all",
    resume: "there",
    markdown: "docs/x.md",
    works: ["mlp", "startup"],
  });
  expect(parseCommandLine(["all", "--works", ""], 2).works).toEqual([]);
});

it("refuses what it does not know", () => {
  expect(() => parse("nothing")).toThrow(/unknown work, got nothing, expected one of gemm,/);
  expect(() => parse("mlp cnn")).toThrow(/unknown work, got mlp cnn/);
  expect(() => parse("all --works mlp,never")).toThrow(/unknown work in --works, got never/);
  expect(() => parse("mlp --rounds 0")).toThrow(
    /--rounds must be a whole number, got 0, expected at least 1/,
  );
  expect(() => parse("mlp --steps many")).toThrow(/--steps/);
  expect(() => parse("mlp --fast")).toThrow(/^bench: /);
});

it("names every work in lines that fit", () => {
  for (const { name } of TASKS) expect(USAGE).toContain(`  ${name} `);
  expect(Math.max(...USAGE.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
});
