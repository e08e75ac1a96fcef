import * as activations from "./ops/activations.js";
import { cast } from "./ops/cast.js";
import * as elementwise from "./ops/elementwise.js";
import { gather, gatherAlong, oneHot } from "./ops/indexing.js";
import { matmul } from "./ops/matmul.js";
import { pad } from "./ops/moves.js";
import * as reductions from "./ops/reductions.js";
import { argsort, cumsum, sort, topK } from "./ops/scans.js";
import * as views from "./ops/views.js";
import { Tensor, type TensorLike } from "./tensor.js";

const { where: _where, ...elementwiseMethods } = elementwise;

/** Ops that are methods of tensors as well, under the same name; the tensor is the first argument. */
const methods = {
  ...elementwiseMethods,
  ...activations,
  ...reductions,
  ...views,
  cast,
  matmul,
  pad,
  gather,
  gatherAlong,
  oneHot,
  cumsum,
  argsort,
  sort,
  topK,
};

/** Internal: an op with the tensor before it. */
type Method<F> = F extends (x: TensorLike, ...rest: infer A) => infer R ? (...rest: A) => R : never;

/** The methods of a tensor that compute. */
export type TensorMethods = { readonly [Name in keyof typeof methods]: Method<(typeof methods)[Name]> };

for (const [name, fn] of Object.entries(methods)) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: never[]) {
      return (fn as (x: Tensor, ...rest: never[]) => unknown)(this, ...rest);
    },
    writable: true,
    configurable: true,
  });
}
