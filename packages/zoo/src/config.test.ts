import { describe, expect, it } from "vitest";
import { ConfigError, choice, expectedValue, flag, integer, number, resolveConfig, text } from "./config.js";

const schema = {
  epochs: integer({ default: 3, min: 1, max: 20, doc: "Passes." }),
  rate: number({ default: 0.1, above: 0, below: 1, doc: "Step size." }),
  rule: choice({ default: "adam", choices: ["sgd", "adam"], doc: "Update rule." }),
  shuffle: flag({ default: true, doc: "Mix the samples." }),
  note: text({ default: "", doc: "Anything." }),
};

describe("resolveConfig", () => {
  it("gives the defaults", () => {
    expect(resolveConfig(schema)).toEqual({ epochs: 3, rate: 0.1, rule: "adam", shuffle: true, note: "" });
  });

  it("lets later layers win, and skips what is undefined", () => {
    expect(resolveConfig(schema, { epochs: 4, rate: 0.5 }, { epochs: 5, rate: undefined })).toMatchObject({
      epochs: 5,
      rate: 0.5,
    });
  });

  it("reads text as forms and command lines give it", () => {
    expect(resolveConfig(schema, { epochs: "7", rate: "1e-3", shuffle: "false", note: "12" })).toMatchObject({
      epochs: 7,
      rate: 0.001,
      shuffle: false,
      note: "12",
    });
  });

  const wrong: readonly [string, unknown, string][] = [
    ["epochs", 0, "an integer >= 1 and <= 20"],
    ["epochs", 21, "an integer >= 1 and <= 20"],
    ["epochs", 2.5, "an integer >= 1 and <= 20"],
    ["epochs", "", "an integer >= 1 and <= 20"],
    ["epochs", "many", "an integer >= 1 and <= 20"],
    ["epochs", true, "an integer >= 1 and <= 20"],
    ["rate", 0, "a number > 0 and < 1"],
    ["rate", 1, "a number > 0 and < 1"],
    ["rate", Number.NaN, "a number > 0 and < 1"],
    ["rate", "Infinity", "a number > 0 and < 1"],
    ["rule", "adm", "one of sgd, adam"],
    ["shuffle", "yes", "true or false"],
    ["note", 5, "a text"],
  ];
  it.each(wrong)("refuses %s = %j", (field, value, expected) => {
    const error = thrown(() => resolveConfig(schema, { [field]: value }));
    expect(error).toMatchObject({ field, expected });
    expect(error.message).toContain(`config: ${field} does not fit, got `);
  });

  it("names an unknown field and the ones there are", () => {
    expect(thrown(() => resolveConfig(schema, { epoch: 3 })).message).toBe(
      "config: epoch does not fit, got an unknown field, expected one of epochs, rate, rule, shuffle, note",
    );
  });
});

describe("expectedValue", () => {
  it("says a number without bounds in two words", () => {
    expect(expectedValue(number({ default: 0, doc: "" }))).toBe("a number");
  });
});

function thrown(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("expected a ConfigError");
}
