import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defaultClientConditions, defineConfig } from "vite";

// Cross-origin isolation gives the page SharedArrayBuffer, and so the wasm backend its threads.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  base: "./",
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  // Hekla's packages are bundled from source: no build step between an edit and the page.
  resolve: { conditions: ["@hekla/source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: { target: "es2022" },
  server: { headers },
  preview: { headers },
});
