import * as tf from "@tensorflow/tfjs-core";

/** Attributes of a convolution's gradients, as TensorFlow.js passes them to kernels. */
interface ConvolutionAttributes extends tf.NamedAttrMap {
  strides: number | [number, number];
  pad: "same" | "valid" | number;
  dimRoundingMode: "floor" | "round" | "ceil";
}

interface FilterAttributes extends ConvolutionAttributes {
  filterShape: [number, number, number, number];
}

interface InputAttributes extends ConvolutionAttributes {
  inputShape: [number, number, number, number];
}

type Kernel = (inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap | undefined) => tf.Tensor;

/** Registers `kernel` for the wasm backend; what it makes on its way is gone when it returns. */
function register(kernelName: string, kernel: Kernel): void {
  if (tf.getKernel(kernelName, "wasm")) tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({
    kernelName,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => tf.tidy(() => kernel(inputs as tf.NamedTensorMap, attrs)),
  });
}

function describe(
  inShape: readonly number[],
  filterShape: FilterAttributes["filterShape"],
  { strides, pad, dimRoundingMode }: ConvolutionAttributes,
): tf.backend_util.Conv2DInfo {
  const shape = inShape as [number, number, number, number];
  const info = tf.backend_util.computeConv2DInfo(shape, filterShape, strides, 1, pad, dimRoundingMode);
  if (info.strideHeight !== 1 || info.strideWidth !== 1)
    throw new Error(`composed gradient: only strides of 1, got ${info.strideHeight}x${info.strideWidth}`);
  return info;
}

/** Below this many channels the im2col matrix is the faster way, measured with 1, 8, 16 and 20. */
const FEW_CHANNELS = 4;

/**
 * The kernel gradient of a convolution.
 *
 * As a convolution that has channels for samples and samples for channels, with the output's gradient as
 * its kernel, which XNNPACK takes as it takes any other; for few channels as a product with the im2col
 * matrix.
 */
function kernelGradient(x: tf.Tensor4D, dy: tf.Tensor4D, info: tf.backend_util.Conv2DInfo): tf.Tensor {
  const { top, bottom, left, right } = info.padInfo;
  const padded = tf.pad4d(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const channels = info.inChannels;
  if (channels >= FEW_CHANNELS) {
    const turned = tf.transpose(padded, [3, 1, 2, 0]);
    return tf.transpose(tf.conv2d(turned, tf.transpose(dy, [1, 2, 0, 3]), 1, "valid"), [1, 2, 0, 3]);
  }
  const { batchSize, filterHeight, filterWidth, outHeight, outWidth, outChannels } = info;
  const pixels = batchSize * outHeight * outWidth;
  const turned = tf.transpose(padded, [3, 0, 1, 2]);
  const taps: tf.Tensor2D[] = [];
  for (let row = 0; row < filterHeight; row++)
    for (let column = 0; column < filterWidth; column++) {
      const tap = tf.slice4d(turned, [0, 0, row, column], [channels, batchSize, outHeight, outWidth]);
      taps.push(tf.reshape(tap, [channels, pixels]));
    }
  const gradient = tf.matMul(tf.concat2d(taps, 0), tf.reshape(dy, [pixels, outChannels]));
  return tf.reshape(gradient, [filterHeight, filterWidth, channels, outChannels]);
}

/** The input gradient of a convolution: the convolution of the output's gradient with the turned kernel. */
function inputGradient(dy: tf.Tensor4D, kernel: tf.Tensor4D, info: tf.backend_util.Conv2DInfo): tf.Tensor {
  const { filterHeight, filterWidth, padInfo } = info;
  const turned = tf.transpose(tf.reverse4d(kernel, [0, 1]), [0, 1, 3, 2]);
  const [above, below] = [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom];
  const [before, after] = [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right];
  return tf.conv2d(dy, turned, 1, [
    [0, 0],
    [above, below],
    [before, after],
    [0, 0],
  ]);
}

/** Registers the two kernels that the wasm backend lacks for training convolutions and embeddings. */
export function registerMissingKernels(): void {
  register(tf.Conv2DBackpropFilter, ({ x, dy }, attributes) => {
    const { filterShape } = attributes as FilterAttributes;
    const info = describe(x!.shape, filterShape, attributes as FilterAttributes);
    return kernelGradient(x as tf.Tensor4D, dy as tf.Tensor4D, info);
  });
  register(tf.UnsortedSegmentSum, ({ x, segmentIds }, attributes) => {
    const { numSegments } = attributes as { numSegments: number };
    const indices = tf.reshape(segmentIds!, [segmentIds!.size, 1]);
    return tf.scatterND(indices, x!, [numSegments, ...x!.shape.slice(1)]);
  });
}

/**
 * Replaces what the backend has, but runs in plain loops: the input gradient of a convolution, and products
 * with a transposed matrix, which are turned first here so that XNNPACK takes them.
 */
export function replaceSlowKernels(): void {
  register(tf.Conv2DBackpropInput, ({ dy, filter }, attributes) => {
    const { inputShape } = attributes as InputAttributes;
    const shape = filter!.shape as FilterAttributes["filterShape"];
    const info = describe(inputShape, shape, attributes as InputAttributes);
    return inputGradient(dy as tf.Tensor4D, filter as tf.Tensor4D, info);
  });
  const own = tf.getKernel(tf.BatchMatMul, "wasm").kernelFunc;
  const backend = tf.backend();
  register(tf.BatchMatMul, ({ a, b }, attributes) => {
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    const turned = { a: transposeA ? turn(a!) : a!, b: transposeB ? turn(b!) : b! };
    const attrs = { transposeA: false, transposeB: false };
    const info = own({ inputs: turned, backend, attrs }) as tf.TensorInfo;
    return tf.engine().makeTensorFromTensorInfo(info);
  });
}

/** The last two axes changed round. */
function turn(matrices: tf.Tensor): tf.Tensor {
  const axes = matrices.shape.map((_, axis) => axis);
  return tf.transpose(matrices, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}
