import type { Options } from "tsup";

const settings = {
  format: ["esm"],
  target: "es2022",
  platform: "neutral",
  dts: false, // types come from tsc
  sourcemap: true,
  clean: false,
} satisfies Options;

/** One file of each entry, with what they share in chunks. */
export const bundled = (entry: string[]): Options => ({ ...settings, entry, splitting: true });

/**
 * How every package is built: ESM for Node 20 and current browsers, twice. Bundlers get a file of each source file, because
 * they drop what is not used, and split off what loads later, file by file. Node gets bundles under the condition
 * "node", because opening hundreds of files takes it a quarter of a second at each start. The packages hold their
 * sources, to which the maps point.
 */
export function library(entry: string[]): Options[] {
  const modules = ["src/**/*.ts", "!src/**/*.test.ts", "!src/**/{testing,fixtures,goldens}/**"];
  const esbuildOptions: NonNullable<Options["esbuildOptions"]> = (options) => {
    options.sourcesContent = false;
  };
  return [
    { ...settings, entry: modules, bundle: false, esbuildOptions },
    { ...bundled(entry), outDir: "dist/bundle", esbuildOptions },
  ];
}
