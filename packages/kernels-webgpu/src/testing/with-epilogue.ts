import { identityView, type Plan, type RoutineStep } from "@hekla/tensor";

/** The plan of one routine, with `relu(result + bias)` of its last axis as a second output; the bias is the last input. */
export function withBiasAndRelu(plan: Plan): Plan {
  const [step] = plan.steps as [RoutineStep]; // cast: a plan of one routine
  const result = plan.buffers.length - 1;
  const { size } = plan.buffers[result]!;
  const width = size % 4 === 0 ? 4 : 1;
  const shape = [size / width, width];
  const bias = { ...identityView([width]), offset: 1 };
  const [biasBuffer, output] = [result + 1, result + 2];
  const bytes = Math.ceil((size * 4) / 256) * 256;
  const float = { dtype: "float32", arenaOffset: -1 } as const;
  const view = { shape, strides: [0, bias.strides[0]!], offset: bias.offset };
  return {
    ...plan,
    key: `${plan.key} + bias, relu`,
    buffers: [
      ...plan.buffers,
      { ...float, kind: "input", size: width + 1 },
      { ...float, kind: "output", size, arenaOffset: bytes },
    ],
    inputs: [...plan.inputs, biasBuffer],
    outputs: [...plan.outputs, output],
    steps: [
      {
        ...step,
        epilogue: {
          shape,
          operands: [undefined, { buffer: biasBuffer, view }],
          program: {
            instructions: [
              { op: "input", index: 0, dtype: "float32" },
              { op: "input", index: 1, dtype: "float32" },
              { op: "add", args: [0, 1], dtype: "float32" },
              { op: "relu", args: [2], dtype: "float32" },
            ],
            results: [3],
          },
          outputs: [output],
        },
      },
    ],
    arenaBytes: 2 * bytes,
  };
}
