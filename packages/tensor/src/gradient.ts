import { isFloat } from "./dtype.js";
import { DtypeError, HeklaError, ShapeError } from "./errors.js";
import type { Node } from "./node.js";
import { stopGradient } from "./ops/activations.js";
import { ones, zeros } from "./ops/creation.js";
import { add } from "./ops/elementwise.js";
import { activeRecording, labelled, scope } from "./recording.js";
import { formatShape } from "./shape.js";
import { Tensor } from "./tensor.js";
import { Variable } from "./variable.js";

/** What to differentiate by: an argument, several arguments, or Variables that the function reads. */
export type WithRespectTo = number | readonly number[] | readonly Variable[];

/** Gradients in the form of what was asked for. */
export type Gradients<W extends WithRespectTo> = W extends number
  ? Tensor
  : W extends readonly Variable[]
    ? Map<Variable, Tensor>
    : Tensor[];

/** What may be differentiated: a scalar, or an object with it as `value` and anything else beside it. */
export type Differentiable = Tensor | { readonly value: Tensor };

/** What `valueAndGrad` gives: the function's result with its value, and the gradients in the form asked for. */
export type ValueAndGradients<R extends Differentiable, W extends WithRespectTo> = (R extends Tensor
  ? { value: Tensor }
  : R) & { grads: Gradients<W> };

/** Nodes on a way from one of `sources` to `root`, in the order of recording. */
function between(root: Node, sources: ReadonlySet<Node>): Node[] {
  const order: Node[] = [];
  const reaches = new Map<Node, boolean>();
  const stack = [root];
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    if (reaches.has(node)) {
      stack.pop();
      continue;
    }
    const inputs = sources.has(node) ? [] : node.sources;
    const missing = inputs.filter((input) => !reaches.has(input));
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    stack.pop();
    const found = sources.has(node) || inputs.some((input) => reaches.get(input));
    reaches.set(node, found);
    if (found) order.push(node);
  }
  return order.sort((a, b) => a.id - b.id);
}

/** Gradients of a recorded scalar by nodes; undefined where it does not depend on one. */
function backward(value: Tensor, sources: readonly Node[]): (Tensor | undefined)[] {
  const gradients = new Map<Node, Tensor>([[value.node, ones(value.shape, { dtype: value.dtype })]]);
  const wanted = new Set(sources);
  const path = between(value.node, wanted);
  const onPath = new Set(path);
  for (const node of path.reverse()) {
    const gradient = gradients.get(node);
    if (!gradient || wanted.has(node) || !node.gradient) continue;
    const rule = node.gradient;
    const operands = node.sources.map((source) => new Tensor(source));
    const parts = labelled(node.label && `${node.label} gradient`, () =>
      rule(gradient, operands, new Tensor(node)),
    );
    node.sources.forEach((source, position) => {
      const part = parts[position];
      if (!part || !onPath.has(source) || !isFloat(source.dtype)) return;
      const sum = gradients.get(source);
      gradients.set(source, sum ? add(sum, part) : part);
    });
  }
  return sources.map((source) => gradients.get(source));
}

/** How many functions that are differentiated are running, one inside the other. */
const depth = { now: 0 };

function inside<T>(fn: () => T): T {
  depth.now++;
  try {
    return fn();
  } finally {
    depth.now--;
  }
}

/**
 * What Variables were given earlier in the recording is a fact from now on, as it is where every update runs at once: gradients
 * do not go back through an optimizer's last step.
 */
function forgetPasts(): void {
  const { assignments, facts } = activeRecording()!;
  for (const [variable, node] of assignments) {
    if (!facts.has(variable)) facts.set(variable, stopGradient(new Tensor(node)).node);
  }
}

/**
 * The value of `fn` and its gradients, recorded like everything else: gradients of gradients work.
 * @param fn returns a scalar Tensor, or `{ value, ...rest }` of which `rest` is passed through
 * @param wrt position of an argument (default 0), positions, or Variables
 * @throws ShapeError when the value is not a scalar, DtypeError when it is not a float
 */
export function valueAndGrad<
  A extends readonly unknown[],
  R extends Differentiable,
  W extends WithRespectTo = 0,
>(fn: (...args: A) => R, wrt?: W): (...args: A) => ValueAndGradients<R, W> {
  return (...args) =>
    scope(() => {
      const targets: readonly (number | Variable)[] =
        wrt === undefined ? [0] : Array.isArray(wrt) ? wrt : [wrt as number];
      if (depth.now === 0) forgetPasts();
      const sources = targets.map((target) => {
        const source = target instanceof Variable ? target : args[target];
        if (source instanceof Variable) return source.read().node;
        if (source instanceof Tensor) return source.node;
        throw new HeklaError(`grad: argument ${String(target)} is no tensor, expected a Tensor or Variable`);
      });
      const result = inside(() => fn(...args));
      const value = result instanceof Tensor ? result : result.value;
      if (!(value instanceof Tensor) || value.rank !== 0) {
        throw new ShapeError(
          `grad: the function gave ${value instanceof Tensor ? formatShape(value.shape) : typeof value}, ` +
            `expected a scalar tensor (use sum or mean)`,
        );
      }
      if (!isFloat(value.dtype))
        throw new DtypeError(`grad: the function gave ${value.dtype}, expected a float`);
      const found = backward(value, sources).map(
        (gradient, i) => gradient ?? zeros(sources[i]!.shape, { dtype: sources[i]!.dtype }),
      );
      const grads =
        typeof wrt === "number" || wrt === undefined
          ? found[0]
          : targets.some((target) => target instanceof Variable)
            ? new Map(found.map((gradient, i) => [targets[i] as Variable, gradient]))
            : found;
      return { ...(result instanceof Tensor ? {} : result), value, grads } as unknown as ValueAndGradients<
        R,
        W
      >;
    });
}

/** The gradients of a function that gives a scalar; see `valueAndGrad`. */
export function grad<A extends readonly unknown[], R extends Differentiable, W extends WithRespectTo = 0>(
  fn: (...args: A) => R,
  wrt?: W,
): (...args: A) => Gradients<W> {
  const both = valueAndGrad(fn, wrt);
  return (...args) => both(...args).grads;
}
