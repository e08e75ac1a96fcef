import { ShapeError } from "../errors.js";
import type { DataFormat } from "../routine.js";
import { formatShape } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asTensor } from "./creation.js";
import { concat } from "./moves.js";
import { unifyFloats } from "./unify.js";
import { split } from "./views.js";

interface Channels {
  readonly dataFormat?: DataFormat;
  readonly groups?: number;
}

const channelAxis = ({ dataFormat }: Channels, x: Tensor): number =>
  dataFormat === "channelsFirst" ? 1 : x.rank - 1;

/**
 * Input and kernel of a convolution as floats of one dtype, their channels compared.
 * @param layout names of the kernel's axes
 */
export function operandsOf(
  op: string,
  input: TensorLike,
  kernel: TensorLike,
  layout: readonly string[],
  options: Channels,
): [input: Tensor, kernel: Tensor] {
  const [x, k] = unifyFloats([asTensor(input), asTensor(kernel)]) as [Tensor, Tensor];
  const given = `(input ${formatShape(x.shape)}, kernel ${formatShape(k.shape)})`;
  if (x.rank !== layout.length || k.rank !== layout.length) {
    throw new ShapeError(
      `${op}: got ${x.rank} and ${k.rank} axes ${given}, expected ${layout.length} each, ` +
        `the kernel's being [${layout.join(", ")}]`,
    );
  }
  const { groups = 1 } = options;
  if (!Number.isInteger(groups) || groups < 1 || k.shape[0]! % groups !== 0) {
    throw new ShapeError(`${op}: got ${groups} groups, expected a divisor of the ${k.shape[0]} ${layout[0]}`);
  }
  const channels = x.shape[channelAxis(options, x)]!;
  const expected = k.shape[layout.indexOf("channels")]! * groups;
  if (channels !== expected) {
    throw new ShapeError(`${op}: input has ${channels} channels but the kernel expects ${expected} ${given}`);
  }
  return [x, k];
}

/** Each group of channels convolved by itself, the results one after the other. */
export function grouped<Options extends Channels>(
  convolve: (input: Tensor, kernel: Tensor, options: Options) => Tensor,
  x: Tensor,
  kernel: Tensor,
  options: Options & { readonly groups: number },
): Tensor {
  const axis = channelAxis(options, x);
  const kernels = split(kernel, options.groups);
  const single = { ...options, groups: 1 };
  const parts = split(x, options.groups, { axis }).map((part, at) => convolve(part, kernels[at]!, single));
  return concat(parts, { axis });
}
