import {
  add,
  cast,
  compile,
  concat,
  conv2d,
  divide,
  exp,
  flip,
  gather,
  gatherAlong,
  greater,
  logSoftmax,
  matmul,
  matmulGathered,
  max,
  maximum,
  maxPool2d,
  mean,
  multiply,
  negative,
  relu,
  reshape,
  scope,
  sigmoid,
  slice,
  softmax,
  sqrt,
  square,
  subtract,
  sum,
  type Tensor,
  tanh,
  transpose,
  variance,
  where,
} from "@hekla/tensor";

/** Bias shaped for an image in "channelsFirst" order. */
const overChannels = (bias: Tensor): Tensor => reshape(bias, [bias.size, 1, 1]);

/**
 * What models are made of, as functions of public ops: the planner fuses these (epilogues of contractions,
 * chains, reductions of expressions, several results), and the numbers must not notice.
 */
export const compositions = {
  /** x w + b. */
  dense: (x: Tensor, w: Tensor, b: Tensor): Tensor => add(matmul(x, w), b),

  denseRelu: (x: Tensor, w: Tensor, b: Tensor): Tensor => relu(add(matmul(x, w), b)),

  denseSigmoid: (x: Tensor, w: Tensor, b: Tensor): Tensor => sigmoid(add(matmul(x, w), b)),

  denseSoftmax: (x: Tensor, w: Tensor, b: Tensor): Tensor => softmax(add(matmul(x, w), b)),

  /** The product is a result as well as what follows it: it cannot stay in registers. */
  denseBoth: (x: Tensor, w: Tensor, b: Tensor): Tensor[] => {
    const product = matmul(x, w);
    return [product, tanh(add(product, b))];
  },

  /** The products of a sequence of tokens, as a recurrent layer behind an embedding has them. */
  embeddedProduct: (table: Tensor, tokens: Tensor, kernel: Tensor, bias: Tensor): Tensor =>
    add(matmulGathered(gather(table, tokens), kernel), bias),

  /** The same with indices that may be out of range, which give NaN; and the rows are a result, too. */
  embeddedBoth: (table: Tensor, tokens: Tensor, kernel: Tensor): Tensor[] => {
    const rows = gather(table, tokens, { outOfRange: "nan" });
    return [rows, matmulGathered(rows, kernel)];
  },

  /** Two products added: accumulation into the first. */
  twoProducts: (x: Tensor, w: Tensor, h: Tensor, u: Tensor, b: Tensor): Tensor =>
    tanh(add(add(matmul(x, w), matmul(h, u)), b)),

  /** The product is read through another view afterwards. */
  productTransposed: (x: Tensor, w: Tensor, b: Tensor): Tensor => add(transpose(matmul(x, w)), b),

  convolutionRelu: (x: Tensor, kernel: Tensor, bias: Tensor): Tensor =>
    relu(add(conv2d(x, kernel, { padding: "same", dataFormat: "channelsFirst" }), overChannels(bias))),

  convolutionLast: (x: Tensor, kernel: Tensor, bias: Tensor): Tensor => relu(add(conv2d(x, kernel), bias)),

  convolutionPool: (x: Tensor, kernel: Tensor, bias: Tensor): Tensor => {
    const image = add(conv2d(x, kernel, { dataFormat: "channelsFirst" }), overChannels(bias));
    return maxPool2d(relu(image), { dataFormat: "channelsFirst" });
  },

  /** A kernel kept in another order, as layers keep it. */
  convolutionTransposedKernel: (x: Tensor, kernel: Tensor): Tensor =>
    conv2d(x, transpose(kernel, [3, 2, 0, 1])),

  crossEntropy: (logits: Tensor, labels: Tensor): Tensor =>
    negative(mean(gatherAlong(logSoftmax(logits), reshape(labels, [-1, 1]), { axis: 1 }))),

  layerNormalization: (x: Tensor, scale: Tensor, shift: Tensor): Tensor => {
    const options = { axes: -1, keepDims: true };
    const centred = subtract(x, mean(x, options));
    return add(multiply(divide(centred, sqrt(add(variance(x, options), 1e-3))), scale), shift);
  },

  attention: (query: Tensor, key: Tensor, value: Tensor): Tensor => {
    const scores = multiply(matmul(query, key, { transposeB: true }), 1 / Math.sqrt(query.shape.at(-1)!));
    return matmul(softmax(scores), value);
  },

  /** A long expression in which values are used more than once. */
  chain: (x: Tensor, y: Tensor): Tensor => {
    const a = multiply(add(x, y), 0.5);
    const b = tanh(subtract(a, square(y)));
    const c = where(greater(a, b), exp(negative(square(b))), maximum(a, y));
    return add(multiply(c, a), divide(b, add(square(x), 1)));
  },

  /** One element of x reaches many: broadcast, reduce, broadcast back. */
  reduceAndBack: (x: Tensor): Tensor => {
    const scale = sum(square(x), { axes: 0, keepDims: true });
    return divide(x, sqrt(add(scale, 1)));
  },

  reduceOfChain: (x: Tensor, y: Tensor): Tensor => mean(square(subtract(multiply(x, y), 0.25)), { axes: 1 }),

  /** Several results of one expression and of its reductions. */
  severalResults: (x: Tensor): Tensor[] => {
    const y = exp(multiply(x, 0.5));
    return [y, sum(y, { axes: 1 }), max(y, { axes: 0 }), cast(greater(y, 1), "int32")];
  },

  /** Pieces put together through views of each other. */
  shuffledPieces: (x: Tensor): Tensor => {
    const [rows, columns] = x.shape as [number, number];
    const left = slice(x, [0, 0], [rows, 2]);
    const right = slice(x, [0, 2], [rows, columns - 2]);
    return multiply(concat([flip(right), left], { axis: 1 }), x);
  },

  /** A gate as in an LSTM: one product, four activations of its pieces. */
  gates: (x: Tensor, w: Tensor, cell: Tensor): Tensor[] => {
    const units = cell.shape[1]!;
    const product = matmul(x, w);
    const gate = (at: number): Tensor => slice(product, [0, at * units], [-1, units]);
    const next = add(multiply(sigmoid(gate(0)), cell), multiply(sigmoid(gate(1)), tanh(gate(2))));
    return [next, multiply(sigmoid(gate(3)), tanh(next))];
  },

  /** Scopes and compiled functions inside one another join. */
  nested: (x: Tensor, y: Tensor): Tensor => {
    const product = scope(() => multiply(x, y));
    return compile((a: Tensor, b: Tensor) => add(sum(a), b))(product, y);
  },
} as const;
