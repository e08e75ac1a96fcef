import { type HostArray, HostRandom } from "@hekla/tensor";
import * as k from "../index.js";

/** A model for tests of files, with inputs for it. */
export interface SavedModelCase {
  readonly name: string;
  readonly model: k.Model;
  readonly inputs: readonly HostArray[];
}

const random = new HostRandom(11, "inputs");
const size = (shape: readonly number[]): number => shape.reduce((product, next) => product * next, 1);

const floats = (...shape: number[]): HostArray => ({
  data: Float32Array.from({ length: size(shape) }, () => random.normal()),
  shape,
});

const integers = (high: number, ...shape: number[]): HostArray => ({
  data: Int32Array.from({ length: size(shape) }, () => Math.floor(high * random.uniform())),
  shape,
});

/** Gives every weight values that no initializer does, so that weights in a wrong place show; variances stay above 0. */
function stir(model: k.Model): void {
  const values = model.weights.map(({ name, shape }) => {
    const data = Float32Array.from({ length: size(shape) }, () => 0.4 * random.normal());
    return /variance/.test(name) ? data.map((value) => 0.5 + Math.abs(value)) : data;
  });
  model.setWeights(values);
}

/** As many kinds of models as there are ways in which Keras writes layers and weights. */
export function savedModels(): readonly SavedModelCase[] {
  const cases: SavedModelCase[] = [];
  const add = (name: string, model: k.Model, ...inputs: HostArray[]): void => {
    stir(model);
    cases.push({ name, model, inputs });
  };
  const sequence = (name: string, inputs: HostArray, layers: readonly k.Layer[]): void =>
    add(name, new k.Sequential([new k.Input(inputs.shape.slice(1)), ...layers]), inputs);

  sequence("mlp", floats(3, 4), [
    new k.Dense(5, { activation: "relu" }),
    new k.Dense(3, { activation: "softmax", useBias: false }),
  ]);
  sequence("cnn", floats(2, 8, 8, 2), [
    new k.Conv2D(3, 3, { padding: "same", activation: "leakyRelu" }),
    new k.BatchNormalization({ epsilon: 0.01 }),
    new k.MaxPooling2D(),
    new k.Dropout(0.3),
    new k.Conv2D(4, [2, 3], { strides: [1, 2] }),
    new k.AveragePooling2D(2, { strides: 1, padding: "same" }),
    new k.Flatten(),
    new k.Dense(2),
  ]);
  sequence("channels-first", floats(2, 2, 6, 6), [
    new k.Conv2D(2, 3, { dataFormat: "channelsFirst", padding: "same", strides: 2 }),
    new k.BatchNormalization({ axis: 1 }),
    new k.GlobalAveragePooling2D({ dataFormat: "channelsFirst" }),
  ]);
  twoInputs(add);
  shared(add);
  nested(add);
  sequence("bidirectional", integers(9, 3, 6), [
    new k.Embedding(9, 4, { maskZero: true }),
    new k.Bidirectional(new k.LSTM(3, { returnSequences: true })),
    new k.Bidirectional(new k.GRU(2), { mergeMode: "sum" }),
    new k.Dense(2),
  ]);
  masked(add);
  maskOrder(add);
  sequence("gru", floats(2, 4, 3), [
    new k.GRU(3, { returnSequences: true, dropout: 0.1, recurrentDropout: 0.2 }),
    new k.GRU(2, { resetAfter: false, recurrentActivation: "hardSigmoid" }),
  ]);
  sequence("stacked-cells", floats(2, 4, 3), [
    new k.RNN([new k.LSTMCell(3), new k.LSTMCell(2), new k.GRUCell(2), new k.SimpleRNNCell(2)], {
      returnSequences: true,
    }),
    new k.SimpleRNN(3, { activation: "relu", goBackwards: true }),
  ]);
  attention(add);
  sequence("separable", floats(2, 7, 7, 2), [
    new k.SeparableConv2D(3, 3, { depthMultiplier: 2, padding: "same" }),
    new k.DepthwiseConv2D(3, { depthMultiplier: 2 }),
    new k.GlobalMaxPooling2D({ keepdims: true }),
  ]);
  sequence("autoencoder", floats(2, 8, 8, 1), [
    new k.ZeroPadding2D([
      [1, 0],
      [0, 1],
    ]),
    new k.Conv2D(2, 3, { strides: 2 }),
    new k.UpSampling2D(2, { interpolation: "bilinear" }),
    new k.Conv2DTranspose(1, 3, { activation: "sigmoid" }),
    new k.Cropping2D(1),
  ]);
  add(
    "causal",
    new k.Sequential([
      new k.Input([null, 2]),
      new k.Conv1D(3, 2, { padding: "causal", dilationRate: 2, activation: "gelu" }),
      new k.GroupNormalization({ groups: 3 }),
      new k.Conv1DTranspose(2, 3, { strides: 2 }),
      new k.GlobalMaxPooling1D(),
    ]),
    floats(2, 6, 2),
  );
  sequence("conv-lstm", floats(1, 3, 5, 5, 1), [
    new k.ConvLSTM2D(2, 3, { returnSequences: true }),
    new k.ConvLSTM2D(1, 2),
  ]);
  sequence("volumes", floats(1, 4, 4, 4, 1), [
    new k.Conv3D(2, 2),
    new k.MaxPooling3D(2, { strides: 1 }),
    new k.SpatialDropout3D(0.2),
    new k.Conv3DTranspose(1, 2),
    new k.UpSampling3D([1, 2, 1]),
  ]);
  sequence("time-distributed", floats(2, 3, 4), [
    new k.TimeDistributed(new k.Dense(3, { activation: "relu" })),
    new k.TimeDistributed(
      new k.Sequential([new k.Input([3]), new k.Dense(2), new k.BatchNormalization()], { name: "step" }),
    ),
    new k.Reshape([2, -1]),
    new k.Permute([2, 1]),
    new k.Flatten(),
    new k.RepeatVector(2),
  ]);
  rules(sequence);
  sequence("activations", floats(2, 4, 3), [
    new k.Dense(3, { activation: "logSoftmax" }),
    new k.PReLU({ sharedAxes: [1] }),
    new k.ELU({ alpha: 0.7 }),
    new k.LeakyReLU({ negativeSlope: 0.2 }),
    new k.ReLU({ maxValue: 1.5, threshold: 0.1 }),
    new k.Activation("hardSilu"),
    new k.Softmax({ axis: 1 }),
    new k.UnitNormalization(),
    new k.RMSNormalization(),
    new k.GaussianNoise(0.1),
    new k.SpatialDropout1D(0.2),
    new k.AlphaDropout(0.1, { seed: 3 }),
    new k.GaussianDropout(0.3),
    new k.ActivityRegularization({ l1: 0.1 }),
    new k.Identity(),
  ]);
  const normalization = new k.Normalization();
  normalization.adapt(floats(20, 3));
  sequence("normalization", floats(2, 3), [
    normalization,
    new k.Normalization({ mean: [0.5, 1, 2], variance: [1, 2, 3] }),
    new k.Rescaling(0.5, { offset: 1 }),
    new k.SpectralNormalization(new k.Dense(4)),
    new k.Masking(),
  ]);
  encoderDecoder(add);
  return cases;
}

type Add = (name: string, model: k.Model, ...inputs: HostArray[]) => void;

function twoInputs(add: Add): void {
  const [a, b] = [k.input([3], { name: "left" }), k.input([2], { name: "right" })];
  const hidden = new k.Dense(4, { activation: "tanh" }).apply(new k.Concatenate().apply([a, b]));
  const score = new k.Dense(1, { activation: "sigmoid", name: "score" }).apply(hidden);
  const sum = new k.Add().apply([hidden, new k.Dense(4).apply(a)]);
  const place = new k.Dense(2, { name: "place" }).apply(sum);
  add("two-inputs", new k.Model([a, b], [score, place], { name: "two_by_two" }), floats(3, 3), floats(3, 2));
}

function shared(add: Add): void {
  const [a, b] = [k.input([4]), k.input([4])];
  const dense = new k.Dense(3, { activation: "elu" });
  const difference = new k.Subtract().apply([dense.apply(a), dense.apply(new k.Dense(4).apply(b))]);
  const more = new k.Dot(1, { normalize: true }).apply([dense.apply(a), difference]);
  const all = new k.Concatenate().apply([new k.Maximum().apply([difference, dense.apply(b)]), more]);
  add("shared", new k.Model([a, b], new k.Dense(2).apply(all)), floats(2, 4), floats(2, 4));
}

function nested(add: Add): void {
  const block = new k.Sequential([new k.Input([3]), new k.Dense(3, { activation: "relu" }), new k.Dense(3)], {
    name: "block",
  });
  const x = k.input([3]);
  const y = block.apply(new k.Dense(3).apply(x));
  const out = new k.Average().apply([block.apply(y), x]);
  add("nested-sequential", new k.Model(x, [new k.Dense(2).apply(out), block.apply(out)]), floats(2, 3));

  const inside = k.input([4]);
  const inner = new k.Model(inside, [new k.Dense(3).apply(inside), new k.Dense(2).apply(inside)], {
    name: "inner",
  });
  const outside = k.input([4]);
  const [first, second] = inner.applyAll(outside) as [k.SymbolicTensor, k.SymbolicTensor];
  const [again] = inner.applyAll(new k.Dense(4).apply(outside)) as [k.SymbolicTensor];
  const joined = new k.Concatenate().apply([first, new k.Dense(2).apply(second)]);
  add("nested-functional", new k.Model(outside, [new k.Dense(2).apply(joined), again]), floats(2, 4));
}

function masked(add: Add): void {
  const x = k.input([5], { dtype: "int32" });
  const words = new k.Embedding(7, 3, { maskZero: true }).apply(x);
  const [left, right] = [new k.LSTM(3).apply(words), new k.LSTM(3, { goBackwards: true }).apply(words)];
  add(
    "masked-functional",
    new k.Model(x, new k.Dense(2).apply(new k.Multiply().apply([left, right]))),
    integers(7, 3, 5),
  );
}

/** Keras counts the operations of a mask as depth, which decides over the order of its layers. */
function maskOrder(add: Add): void {
  const [a, b] = [k.input([4, 3]), k.input([4, 3])];
  const left = new k.LSTM(2).apply(new k.Masking().apply(new k.Dense(3).apply(a)));
  const right = new k.LSTM(2).apply(new k.Dense(3).apply(new k.Dense(3).apply(b)));
  const model = new k.Model([b, a], new k.Concatenate().apply([right, left]));
  add("mask-order", model, floats(2, 4, 3), floats(2, 4, 3));
}

function attention(add: Add): void {
  const x = k.input([5, 4]);
  const attended = new k.MultiHeadAttention(2, 3, { valueDim: 2, dropout: 0.1 }).apply([x, x], {
    useCausalMask: true,
  });
  const y = new k.LayerNormalization().apply(new k.Add().apply([x, attended]));
  const other = new k.MultiHeadAttention(1, 2).apply([y, x, y]);
  const soft = new k.Attention({ useScale: true }).apply([y, x]);
  const more = new k.AdditiveAttention().apply([y, x, other]);
  const all = new k.Concatenate().apply([other, soft, more]);
  add("attention", new k.Model(x, new k.GlobalAveragePooling1D().apply(all)), floats(2, 5, 4));
}

function rules(sequence: (name: string, inputs: HostArray, layers: readonly k.Layer[]) => void): void {
  const kinds: readonly k.InitializerLike[] = [
    new k.RandomUniform(-0.3, 0.2),
    new k.RandomNormal(0.1, 0.2),
    new k.TruncatedNormal(0, 0.3),
    new k.VarianceScaling({ scale: 2, mode: "fanAvg", distribution: "uniform" }),
    new k.Constant(0.5),
    ...["ones", "zeros", "glorotNormal", "heUniform", "heNormal", "lecunUniform", "lecunNormal"],
    new k.Orthogonal(1.5),
    new k.IdentityInitializer(0.5),
    "glorotUniform",
  ];
  const penalties: readonly (k.RegularizerLike | null)[] = [
    null,
    "l1",
    new k.L2(0.02),
    new k.L1L2({ l1: 0.01, l2: 0.02 }),
    new k.OrthogonalRegularizer({ factor: 0.03 }),
  ];
  const limits: readonly (k.ConstraintLike | null)[] = [
    null,
    "nonNeg",
    new k.MaxNorm(2),
    new k.UnitNorm({ axis: 1 }),
    new k.MinMaxNorm({ minValue: 0.1, maxValue: 2, rate: 0.9 }),
  ];
  const layers = kinds.map(
    (kind, at) =>
      new k.Dense(3, {
        kernelInitializer: kind,
        kernelRegularizer: penalties[at % 5] ?? null,
        kernelConstraint: limits[at % 5] ?? null,
        activityRegularizer: at === 1 ? "l2" : null,
        trainable: at !== 4,
      }),
  );
  sequence("rules", floats(2, 3), layers);
}

function encoderDecoder(add: Add): void {
  const [source, target] = [k.input([null, 3], { name: "source" }), k.input([null, 2], { name: "target" })];
  const [, h, c] = new k.LSTM(4, { returnState: true, name: "encoder" }).applyAll(source);
  const decoder = new k.LSTM(4, { returnSequences: true, name: "decoder" });
  const decoded = decoder.apply(target, { initialState: [h!, c!] });
  const words = new k.TimeDistributed(new k.Dense(2, { activation: "softmax" })).apply(decoded);
  add("encoder-decoder", new k.Model([source, target], words), floats(2, 4, 3), floats(2, 5, 2));
}
