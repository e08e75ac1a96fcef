import { DivergedError, History } from "@hekla/layers";
import { DataError, DeviceError, ShapeError } from "@hekla/tensor";
import { ConfigError } from "@hekla/zoo";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { errorText, exitCodeOf, UsageError } from "./exit-codes.js";

const missing = Object.assign(new Error("ENOENT: no such file, open 'x'"), { code: "ENOENT" });
const aborted = new DOMException("This operation was aborted", "AbortError");

describe("exit codes", () => {
  it.each([
    [new CommanderError(0, "commander.helpDisplayed", "help"), 0],
    [new CommanderError(1, "commander.unknownOption", "unknown"), 2],
    [new UsageError("unknown"), 2],
    [new ConfigError("epochs", "0", "an integer"), 2],
    [new DataError("truncated"), 3],
    [missing, 3],
    [new DivergedError(0, Number.NaN, new History()), 4],
    [aborted, 130],
    [new ShapeError("matmul"), 1],
    [new DeviceError("lost"), 1],
    [new TypeError("a fault of ours"), 1],
  ])("%s", (error, code) => expect(exitCodeOf(error)).toBe(code));

  it("shows one line for what users can mend, the stack for our own faults", () => {
    expect(errorText(new DataError("idx: truncated"))).toBe("idx: truncated");
    expect(errorText(missing)).toBe("ENOENT: no such file, open 'x'");
    expect(errorText(aborted)).toBe("interrupted before training began; nothing is saved");
    expect(errorText(new TypeError("a fault of ours"))).toMatch(/^TypeError: a fault of ours\n +at /);
  });
});
