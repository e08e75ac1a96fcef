import type { Backend, EachExecutable } from "./backend.js";
import {
  asTensor,
  boundTo,
  type Compiled,
  type Given,
  mapVarying,
  release,
  signatureOf,
  type Trace,
  trace,
  unpacked,
  type Varying,
} from "./compile.js";
import { isOn } from "./environment.js";
import { DataError } from "./errors.js";
import { bind } from "./execute.js";
import type { Graph } from "./graph.js";
import { planOf } from "./plan-cache.js";
import { scope } from "./recording.js";
import { backend } from "./session.js";

/** A function for lists of arguments; `dispose` gives back the memory of captured tensors and the plans. */
export type CompiledEach<A extends readonly unknown[], R> = ((
  calls: readonly { [K in keyof A]: Given<A[K]> }[],
) => R[]) &
  Pick<Compiled<A, R>, "dispose">;

/**
 * `compile` for many calls at once: `compileEach(fn)([[x0, y0], [x1, y1]])` is `[fn(x0, y0), fn(x1, y1)]`, and where the
 * backend has threads, each call is the work of one of them, from beginning to end, beside the others.
 *
 * This is what data-parallel training is made of: the gradients of parts of a batch. Which thread does which call has no
 * influence on any bit of the results.
 *
 * @param fn may read Variables and must not assign any; arguments as for `compile`, of one signature in all calls
 * @throws DataError where `fn` assigns a Variable, or the calls differ in shapes, dtypes or static values
 */
export function compileEach<A extends readonly unknown[], R>(fn: (...args: A) => R): CompiledEach<A, R> {
  const traces = new Map<string, Trace<EachExecutable>>();
  const dispose = (): void => {
    for (const traced of traces.values()) release(traced);
    traces.clear();
  };
  const each = (calls: readonly { [K in keyof A]: Given<A[K]> }[]): R[] => {
    const [first] = calls;
    if (!first) return [];
    const varying: Varying[][] = calls.map(() => []);
    const signatures = calls.map((given, call) => signatureOf(given, varying[call]!));
    const [signature] = signatures as [string];
    const other = signatures.findIndex((one) => one !== signature);
    if (other > 0) {
      throw new DataError(
        `compileEach: call ${other} differs from call 0, got ${signatures[other]}, expected ${signature}`,
      );
    }
    let traced = traces.get(signature);
    if (traced && traced.owner !== backend()) {
      dispose();
      traced = undefined;
    }
    if (!traced && !isOn("COMPILE")) {
      const tensors = (arg: unknown) => mapVarying(arg, asTensor);
      return calls.map((given) => scope(() => fn(...(given.map(tensors) as unknown as A))));
    }
    const slots = varying.map((leaves) => leaves.map(boundTo)); // checks the arguments before they are recorded
    if (!traced) {
      traced = trace(fn as (...args: never[]) => unknown, first, prepareEach);
      traces.set(signature, traced);
    }
    const { executable, leaves } = traced;
    const results = executable.runEach(slots.map((given) => leaves.map((leaf) => bind(leaf, given))));
    return results.map((outputs) => unpacked(traced, outputs) as R);
  };
  return Object.assign(each, { dispose });
}

/** The backend's own, or one call after the other. */
function prepareEach(graph: Graph, owner: Backend): EachExecutable {
  for (const { leaf } of graph.assignments) {
    const source = graph.leaves[leaf]!;
    const name = source.kind === "variable" ? source.variable.name : "a variable";
    throw new DataError(
      `compileEach: calls would depend on their order, got a function that assigns ${name}, ` +
        "expected one that only reads Variables",
    );
  }
  const plan = planOf(graph);
  if (owner.prepareEach) return owner.prepareEach(plan);
  const executable = owner.prepare(plan);
  return {
    runEach: (inputs) => inputs.map((slots) => executable.run(slots)),
    dispose: () => executable.dispose(),
  };
}
