import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { underConditions } from "../conditions.js";
import { installPeers } from "../install.js";
import type { BundleApp, BundleResult } from "../results.js";
import type { Section } from "../section.js";
import type { Settings } from "../settings.js";

/** The title of the task and of its section. */
export const BUNDLE_TITLE = "size of an MLP app: layers, training, wasm backend";

interface App {
  name: string;
  /** From the repository's root. */
  entry: string;
  /** A file that the app loads besides, from bench/. */
  file?: string;
}

/** The name of this project's app. */
export const HOME_APP = "hekla";

const APPS: readonly App[] = [
  { name: HOME_APP, entry: "scripts/bundle/mlp.ts" },
  {
    name: "TensorFlow.js (core, layers, wasm backend)",
    entry: "bench/peers/bundle/tensorflow-mlp.ts",
    file: "peers/node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
  },
  { name: "@jax-js/jax (no layers: written by hand)", entry: "bench/peers/bundle/jax-mlp.ts" },
];

/** Builds the same app with each library by the same settings and weighs it. */
export async function measureBundle(settings: Settings): Promise<BundleResult> {
  const { bench } = settings;
  installPeers(bench);
  return underConditions(settings, async () => {
    settings.progress("bundle");
    const command = [join(bench, "../scripts/bundle.mjs"), "--json", ...APPS.map(({ entry }) => entry)];
    const text = execFileSync(process.execPath, command, { encoding: "utf8", stdio: ["ignore", "pipe", 2] });
    const sizes = JSON.parse(text) as { start: number; later: number }[];
    const apps: BundleApp[] = APPS.map(({ name, file }, index) => ({
      name,
      start: sizes[index]!.start,
      later: sizes[index]!.later,
      files: file === undefined ? 0 : gzipSync(readFileSync(join(bench, file)), { level: 9 }).length,
    }));
    return { kind: "bundle" as const, name: "bundle", title: BUNDLE_TITLE, apps };
  });
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

/** What a report says of sizes. */
export function bundleSection(result: BundleResult): Section {
  return {
    title: result.title,
    before: [
      "KB (1000 bytes) after gzip -9. The same program (784-128-128-10, Adam, five epochs, prediction) " +
        "with each library, built " +
        "by Vite with the settings of scripts/bundle.mjs: minified, tree-shaken, what loads at the start " +
        "and what loads later.",
    ],
    table: {
      headings: ["app", "at the start", "chunks later", "files beside it", "all"],
      lines: result.apps.map(({ name, start, later, files }) => [
        name,
        kilobytes(start),
        kilobytes(later),
        kilobytes(files),
        kilobytes(start + later + files),
      ]),
      left: 1,
    },
    after: [],
  };
}
