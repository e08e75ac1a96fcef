import { defaultClientConditions, defineConfig } from "vite";

// Cross-origin isolation gives the page SharedArrayBuffer, and so the wasm backend its threads.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

// Names stay: errors keep theirs, and kernels-wasm exports the functions of its boot module under theirs.
const output = { keepNames: true };

export default defineConfig({
  base: "./",
  // Hekla's packages are bundled from source: no build step between an edit and the page.
  resolve: { conditions: ["@hekla/source", ...defaultClientConditions] },
  worker: { format: "es", rolldownOptions: { output } },
  build: { target: "es2022", rolldownOptions: { output } },
  server: { headers },
  preview: { headers },
});
