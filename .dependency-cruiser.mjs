// Arrows point down only (docs/architecture.md), and there are no import circles. Tests, what only they use, and
// benchmarks may choose a backend.
const test = "([.]test[.]ts$|/testing/|^packages/[^/]+/bench/)";

/** Workspace packages whose source may be imported, by folder. */
const allowed = {
  tensor: [],
  "kernels-wasm": ["tensor"],
  "kernels-webgpu": ["tensor"],
  layers: ["tensor"],
  optim: ["tensor"],
  datasets: ["tensor"],
  zoo: ["tensor", "layers", "optim", "datasets"],
  conformance: ["tensor"],
};

const arrows = Object.entries(allowed).map(([name, targets]) => ({
  name: `${name}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^packages/${name}/`, pathNot: test },
  to: { path: "^(packages|apps|bench)/", pathNot: `^packages/(${[name, ...targets].join("|")})/` },
}));

export default {
  forbidden: [
    ...arrows,
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "datasets-needs-no-tensors",
      severity: "error",
      from: { path: "^packages/datasets/src", pathNot: test },
      to: {
        path: "^packages/tensor/",
        pathNot: "^packages/tensor/src/errors[.]ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "tensor-and-optim-import-no-platform",
      severity: "error",
      from: { path: "^packages/(tensor|optim)/src", pathNot: test },
      to: { dependencyTypes: ["core", "npm", "npm-dev", "npm-optional", "npm-peer"], pathNot: "^packages/" },
    },
    {
      name: "packages-need-no-third-party-code-at-run-time",
      severity: "error",
      from: { path: "^packages/(tensor|layers|optim|datasets|kernels-wasm|zoo)/src", pathNot: test },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: "^packages/" },
    },
    {
      name: "testing-is-for-tests",
      comment: "The line budgets leave these folders out.",
      severity: "error",
      from: { path: "/src/", pathNot: ["[.]test[.]ts$", "/testing/"] },
      to: { path: "/testing/" },
    },
    {
      name: "no-unresolvable",
      comment: "The benchmark's peers are installed on its first run only.",
      severity: "error",
      from: { pathNot: "^bench/peers/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@hekla/source", "import", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".json", ".d.ts"],
    },
  },
};
