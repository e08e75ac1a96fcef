// What an app loads at its start when esbuild bundles it, with code splitting, instead of Vite.
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "../workspace.mjs";

/** Bytes of the chunks that load at the start, each gzipped. */
export async function sizeWithEsbuild(entry) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: "bundle",
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: ["node:*"],
    logLevel: "warning",
  });
  const { outputs } = metafile;
  const start = new Set();
  const visit = (path) => {
    if (start.has(path)) return;
    start.add(path);
    for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement") visit(next);
  };
  visit(Object.keys(outputs).find((path) => outputs[path].entryPoint === entry));
  const code = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  return [...start].reduce(
    (total, path) => total + gzipSync(code.get(join(root, path)), { level: 9 }).length,
    0,
  );
}
