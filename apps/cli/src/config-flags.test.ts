import { mnistCnn, type ZooModel } from "@hekla/zoo";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addConfigFlags, flagName, readConfigFlags } from "./config-flags.js";

const model = mnistCnn as unknown as ZooModel; // cast: what the registry hands out

function parse(...argv: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addConfigFlags(command, model);
  command.parse(argv, { from: "user" });
  return readConfigFlags(command, model);
}

describe("flags made from a config", () => {
  it("names them in kebab case", () => {
    expect(flagName("batchSize")).toBe("--batch-size");
    expect(flagName("epochs")).toBe("--epochs");
  });

  it("gives the defaults, the preset over them, and flags over both", () => {
    expect(parse()).toMatchObject({ batchSize: 128, schedule: "cosine", augmentShift: 2 });
    expect(parse("--preset", "lecture")).toMatchObject({ epochs: 20, schedule: "constant", augmentShift: 0 });
    expect(parse("--preset", "lecture", "--epochs", "2", "--seed", "7")).toMatchObject({
      epochs: 2,
      seed: 7,
    });
  });

  it("lets a flag set the default back against a preset", () => {
    expect(parse("--preset", "lecture", "--schedule", "cosine")).toMatchObject({ schedule: "cosine" });
  });

  it("covers every field", () => {
    for (const [field, { default: value }] of Object.entries(model.config)) {
      expect(parse(flagName(field), String(value))[field]).toBe(value);
    }
  });

  it("names the flag, what it got and what it takes", () => {
    expect(() => parse("--batch-size", "0")).toThrow('--batch-size: got "0", expected an integer >= 1');
    expect(() => parse("--optimizer", "adm")).toThrow(
      '--optimizer: got "adm", expected one of sgd, rmsprop, adam',
    );
    expect(() => parse("--preset", "fast")).toThrow(
      'unknown preset "fast", mnist-cnn has default, lecture, start',
    );
    expect(() => parse("--preset", "constructor")).toThrow("unknown preset");
  });
});
