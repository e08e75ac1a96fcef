// The weights that come with the zoo, made from trained models in half precision, and judged on the 10 000 test
// digits of MNIST before and after rounding. FOLDER has mnist-cnn.keras and mnist-mlp.keras; HEKLA_DATA_DIR says
// where MNIST is.
//   hekla train mnist-cnn --seed 1 --threads 2 --out FOLDER/mnist-cnn.keras
//   hekla train mnist-mlp --seed 1 --threads 2 --out FOLDER/mnist-mlp.keras
//   node scripts/shipped-weights.mjs FOLDER
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./workspace.mjs";

const [folder] = process.argv.slice(2);
if (!folder)
  throw new Error("shipped-weights: no folder given, expected one with mnist-cnn.keras, mnist-mlp.keras");
const temporary = mkdtempSync(join(tmpdir(), "hekla-weights-"));
try {
  const outfile = join(temporary, "make-weights.mjs");
  await build({
    entryPoints: [join(root, "scripts/shipped-weights/make-weights.ts")],
    absWorkingDir: root,
    bundle: true,
    outfile,
    format: "esm",
    platform: "node",
    conditions: ["@hekla/source"],
    logLevel: "error",
  });
  const { makeWeights } = await import(pathToFileURL(outfile).href);
  process.exitCode = (await makeWeights(resolve(folder), join(root, "packages/zoo/weights"))) ? 0 : 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
