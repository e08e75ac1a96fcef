import { flags, given, type Input, real, transposed } from "../inputs.js";
import { type Attribute, type Operation, type Row, type Sample, samplesOf } from "../sample.js";

/**
 * Dot products of at most 70 terms, steps that pass their error on (slopes of at most 1), and gradients summed over
 * steps and samples; relu and linear cells let values grow.
 */
const recurrent: Operation = {
  forward: { scaled: 4e-6, absolute: 4e-6 },
  gradient: { scaled: 1e-5, absolute: 1e-5 },
};

type Options = Readonly<Record<string, Attribute | Input>>;

/** Sizes `[batch, steps, units]`; options are part of the arguments, tensors among them. */
const row =
  (gates: number) =>
  (name: string, [batch, steps, units]: number[], options: Options = {}, second = false): Row => {
    const projected = real([batch!, steps!, gates * units!], -1.5, 1.5);
    const scale = Math.sqrt(2 / units!);
    const kernel = real([units!, gates * units!], -scale, scale);
    return [name, [projected, kernel, options], { second }];
  };

const state = (batch: number, units: number): Input => real([batch, units], -1, 1);
/** As dropout draws it: 0, or what keeps the mean. */
const dropout = (batch: number, width: number): Input =>
  given([0, 1.25, 1.25, 1.25, 0, 1.25, 1.25], "float32", [batch, width]);
/** A row that counts from the second step on, one that never does, one that stops, one that always does. */
const mask = given([0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1], "bool", [4, 4]);

/** What all cells have: `extra` are the options of the cell's own. */
function rowsOf(gates: number, initial: () => Options, extra: () => Options): Row[] {
  const of = row(gates);
  const masked = (): Options => ({ ...extra(), mask });
  return [
    of("1 sample, 1 step, 1 unit", [1, 1, 1], extra()),
    of("2 samples, 3 steps, 3 units", [2, 3, 3], extra(), true),
    of("33 samples, 2 steps, 17 units", [33, 2, 17], extra()),
    of("5 samples, 3 steps, 65 units", [5, 3, 65], extra()),
    of("8 samples, 4 steps, 32 units", [8, 4, 32], extra()),
    of("no samples", [0, 2, 3], extra()),
    of("initial states", [4, 2, 5], { ...extra(), ...initial() }),
    of("mask", [4, 4, 5], masked()),
    of("mask, zero output", [4, 4, 5], { ...masked(), zeroOutputForMask: true }),
    of("mask, initial states", [4, 4, 5], { ...masked(), ...initial() }),
    of("random mask, 33 samples", [33, 5, 9], { ...extra(), mask: flags([33, 5]) }),
    of("recurrent mask", [3, 3, 5], { ...extra(), recurrentMask: dropout(3, 5) }),
    ...(gates === 1
      ? []
      : [
          of(
            "recurrent mask per gate",
            [3, 3, 5],
            { ...extra(), recurrentMask: dropout(3, gates * 5) },
            true,
          ),
        ]),
    of("everything", [4, 4, 5], { ...masked(), ...initial(), recurrentMask: dropout(4, 5) }, true),
    ...["sigmoid", "relu", "hardSigmoid", "linear"].map((activation) =>
      of(`activation ${activation}`, [3, 2, 4], { ...extra(), activation }, true),
    ),
    ...(gates === 1 ? [] : ["tanh", "relu", "hardSigmoid", "linear"]).map((recurrentActivation) =>
      of(`recurrent activation ${recurrentActivation}`, [3, 2, 4], { ...extra(), recurrentActivation }),
    ),
  ];
}

/** Operands seen through views. */
const views = (gates: number): Row => [
  "views",
  [transposed(real([3, 2, gates * 4], -1, 1)), transposed(real([4, gates * 4], -1, 1)), {}],
];

const none = (): Options => ({});
const before = (): Options => ({ resetAfter: false });
const renamed = (rows: readonly Row[], name: string): Row[] =>
  rows.map(([sample, ...rest]) => [`${name}: ${sample}`, ...rest] as Row);

const gruRows: Row[] = [
  ...rowsOf(3, () => ({ initialHidden: state(4, 5) }), none),
  row(3)("recurrent bias", [3, 4, 5], { recurrentBias: real([15], -1, 1) }),
  row(3)(
    "recurrent bias, everything",
    [4, 4, 5],
    {
      recurrentBias: real([15], -1, 1),
      initialHidden: state(4, 5),
      mask,
      recurrentMask: dropout(4, 15),
    },
    true,
  ),
  views(3),
  ...renamed(
    rowsOf(3, () => ({ initialHidden: state(4, 5) }), before),
    "reset before",
  ),
];

/** Sizes `[batch, steps, features, gates, units]`. */
function maskedRow(name: string, sizes: number[], second = false): Row {
  const [batch, steps, features, gates, units] = sizes as [number, number, number, number, number];
  const kernel = real([features, gates * units], -1, 1);
  return [
    name,
    [real([batch, steps, features], -1, 1), dropout(batch, gates * features), kernel],
    { second },
  ];
}

const maskedRows: Row[] = [
  maskedRow("one tile", [1, 4, 8, 1, 8], true),
  maskedRow("odd sizes", [3, 7, 13, 3, 11], true),
  maskedRow("33 samples", [33, 5, 9, 2, 17]),
  maskedRow("65 features and units", [2, 6, 65, 4, 65]),
  maskedRow("too small for tiles", [2, 3, 5, 2, 4], true),
  maskedRow("no samples", [0, 4, 8, 2, 8]),
  ["views", [transposed(real([4, 5, 12], -1, 1)), dropout(4, 24), transposed(real([12, 24], -1, 1))]],
];

export const recurrentSamples: Sample[] = [
  ...samplesOf("lstm", recurrent, [
    ...rowsOf(4, () => ({ initialHidden: state(4, 5), initialCell: state(4, 5) }), none),
    row(4)("initial cell only", [4, 2, 5], { initialCell: state(4, 5) }),
    views(4),
  ]),
  ...samplesOf("gru", recurrent, gruRows),
  ...samplesOf("simpleRnn", recurrent, [
    ...rowsOf(1, () => ({ initialHidden: state(4, 5) }), none),
    views(1),
  ]),
  ...samplesOf("maskedMatmul", recurrent, maskedRows),
];
