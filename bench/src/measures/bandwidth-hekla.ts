import { wasm } from "@hekla/kernels-wasm";
import { Adam } from "@hekla/optim";
import { compile, tensor, useBackend, Variable } from "@hekla/tensor";
import { uniform } from "../inputs.js";
import { BANDWIDTH_CASES, type OperationName, SCALAR } from "./bandwidth-cases.js";
import { type Run, serveTimed } from "./timed-cases.js";

/** Variables of the size that is being measured; those of the last one are given back first. */
let arrays: { count: number; a: Variable; b: Variable; y: Variable; adam: Adam } | undefined;

function arraysOf(count: number) {
  if (arrays?.count === count) return arrays;
  if (arrays)
    for (const variable of [arrays.a, arrays.b, arrays.y, ...arrays.adam.variables]) variable.dispose();
  const make = (stream: number) => new Variable(tensor(uniform(stream, count), { shape: [count] }));
  arrays = { count, a: make(1), b: make(2), y: make(3), adam: new Adam() };
  return arrays;
}

/** Each is one call of a compiled function on Variables: nothing is read or written on the host. */
function prepare(operation: OperationName, count: number): Run {
  const { a, b, y, adam } = arraysOf(count);
  const programs: Record<OperationName, () => unknown> = {
    copy: () => y.assign(a.read()),
    triad: () => y.assign(b.read().multiply(SCALAR).add(a.read())),
    relu: () => y.assign(a.read().relu()),
    exp: () => y.assign(a.read().exp()),
    sum: () => a.read().sum(),
    adam: () => adam.apply(new Map([[y, a.read()]])),
  };
  const program = programs[operation];
  const run = compile(() => (operation === "sum" ? program() : void program()));
  return () => void run();
}

await serveTimed(async ({ threads }) => {
  await useBackend(wasm({ threads }));
  return {
    version: "this checkout, bundled from source",
    detail: `wasm, ${threads} thread(s) asked for, compiled`,
    cases: BANDWIDTH_CASES.map(({ name, operation, count }) => ({
      name,
      prepare: () => prepare(operation, count),
    })),
  };
});
