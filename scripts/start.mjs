// npm start: the project's main job. Trains the lecture's CNN on the built-in digits, from a fresh clone if need be.
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, root, run } from "./workspace.mjs";

ensureInstalled();
ensureBuilt("hekla...");
const args = process.argv.slice(2);
const job = args.length > 0 ? args : ["train", "mnist-cnn", "--preset", "start"];
process.exitCode = run(process.execPath, [join(root, "apps/cli/dist/main.js"), ...job]);
