import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { add, reference, sum, tensor, useBackend } from "./index.js";

const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, "error").mockImplementation((text: string) => printed.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test("HEKLA_DEBUG prints plans, programs and nodes, each from its level on, when they are made", async () => {
  for (const level of ["0", "1", "3", "5"]) {
    vi.stubEnv("HEKLA_DEBUG", level);
    await useBackend(reference()); // another one: plans are made anew
    const x = tensor([1, 2]);
    printed.length = 0;
    sum(add(x, 1));
    const has = [/^%1 = .*"constant"/m, /^plan: 1 steps/m, /^ +%2 = add float32 %0 %1$/m].map((pattern) =>
      pattern.test(printed.join("\n")),
    );
    expect(has, level).toEqual([level === "5", level !== "0", Number(level) >= 3]);
  }
});
