import { defineConfig } from "tsup";
import { bundled } from "../../tsup.base.js";

export default defineConfig({ ...bundled(["src/main.ts"]), platform: "node" });
