import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Packages are tested from source: their exports maps carry this condition.
const source = "@hekla/source";

/** Files that take the longest start first, so that no processor waits for one of them at the end. */
const longest = [
  "webgpu.test.ts",
  "gpujs-webasm.test.ts",
  "zoo-steps.test.ts",
  "playground.test.ts",
  "wasm.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/${name}`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    environment: "node",
    include: ["{packages,apps}/*/src/**/*.test.ts", "{bench,scripts}/**/*.test.ts"],
    setupFiles: ["./vitest.setup.ts"],
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
