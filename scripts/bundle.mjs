// Weighs what a user ships: builds small apps from the built packages with Vite, tree-shaken and minified, and gzips them.
// What counts is what loads at the start: the entry with all that it links. What loads later, where an app asks for it,
// is printed beside it.
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { sizeWithEsbuild } from "./bundle/with-esbuild.mjs";
import { ensureBuilt, root } from "./workspace.mjs";

/** Entry, gzip limit in KB (1000 bytes), and packages that may add at most so many bytes before minifying. */
const apps = [
  { name: "MLP app", entry: "scripts/bundle/mlp.ts", limit: 75, share: {} },
  { name: "digits without tensors", entry: "scripts/bundle/digits.ts", limit: 10, share: { tensor: 2000 } },
];

const listsFiles = process.argv.includes("--files"); // npm run bundle -- --files
const sizesOnly = process.argv.indexOf("--json"); // npm run bundle -- --json ENTRY...: bytes of these apps
ensureBuilt("./packages/*");
let failed = 0;
if (sizesOnly >= 0) {
  const sizes = [];
  for (const entry of process.argv.slice(sizesOnly + 1)) {
    const { size, later } = await weigh(entry);
    sizes.push({ entry, start: size, later });
  }
  process.stdout.write(`${JSON.stringify(sizes)}\n`);
  process.exit();
}
for (const { name, entry, limit, share } of apps) {
  const { start, size, later } = await weigh(entry);
  const files = filesOf(start);
  const bytes = bytesByPackage(files);
  const esbuild = await sizeWithEsbuild(entry);
  const parts = Object.entries(bytes).map(([part, count]) => `${part} ${count}`);
  report(
    size <= limit * 1000,
    `${name}: ${kilobytes(size)} KB gzip at the start (chunks: ${start.length}), at most ${limit}; ` +
      `${kilobytes(later)} KB more where asked for; ` +
      `${kilobytes(esbuild)} KB with esbuild (bytes at the start before minifying: ${parts.join(", ")})`,
  );
  for (const [part, most] of Object.entries(share)) {
    report((bytes[part] ?? 0) <= most, `${name}: ${bytes[part] ?? 0} bytes of ${part}, at most ${most}`);
  }
  if (listsFiles)
    for (const [path, length] of files.slice(0, 60)) process.stdout.write(`${length}\t${path}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;

/** An app's chunks that load at its start, their size, and that of the others. */
async function weigh(entry) {
  const chunks = await bundle(entry);
  const start = chunksAtStart(chunks);
  const others = chunks.filter((chunk) => !start.includes(chunk));
  return { start, size: gzipped(start), later: gzipped(others) };
}

/** The chunks of an app as Vite builds it. */
async function bundle(entry) {
  const { output } = await build({
    root,
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: {
        input: join(root, entry),
        // The entry's own exports are what the app does.
        preserveEntrySignatures: "allow-extension",
        external: [/^node:/],
      },
    },
  });
  return output.filter(({ type }) => type === "chunk");
}

/** The entry, and all that it and its imports link. */
function chunksAtStart(chunks) {
  const start = new Set();
  const visit = (chunk) => {
    if (!chunk || start.has(chunk)) return;
    start.add(chunk);
    for (const name of chunk.imports) visit(chunks.find(({ fileName }) => fileName === name));
  };
  visit(chunks.find(({ isEntry }) => isEntry));
  return [...start];
}

/** Each chunk is a file that a server compresses by itself. */
function gzipped(chunks) {
  return chunks.reduce((total, { code }) => total + gzipSync(code, { level: 9 }).length, 0);
}

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1);
}

/** The files in chunks with the bytes that are left of each, largest first. */
function filesOf(chunks) {
  const files = chunks.flatMap(({ modules }) => Object.entries(modules));
  return files
    .map(([path, { renderedLength }]) => [path.replace(join(root, "/"), ""), renderedLength])
    .sort(([, a], [, b]) => b - a);
}

function bytesByPackage(files) {
  const totals = {};
  for (const [path, length] of files) {
    const part = path.match(/packages\/([^/]+)\//)?.[1] ?? "app";
    totals[part] = (totals[part] ?? 0) + length;
  }
  return totals;
}

function report(ok, text) {
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${text}\n`);
  if (!ok) failed++;
}
