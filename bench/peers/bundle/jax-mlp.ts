// The app of scripts/bundle/mlp.ts with @jax-js/jax, which has no layers: an MLP written with its functions,
// trained with Adam and asked, on its wasm backend.
import {
  blockUntilReady,
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  nn,
  numpy as np,
  random,
  tree,
  valueAndGrad,
} from "@jax-js/jax";

type HostArray = { data: Float32Array<ArrayBuffer>; shape: number[] };
type Weights = JaxArray[];

function network([k0, b0, k1, b1, k2, b2]: Weights, x: JaxArray): JaxArray {
  const first = nn.relu(np.matmul(x, k0!).add(b0!));
  const second = nn.relu(np.matmul(first, k1!).add(b1!));
  return np.matmul(second, k2!).add(b2!);
}

function firstWeights(): Weights {
  const sizes = [784, 128, 128, 10];
  return sizes.slice(1).flatMap((outputs, index) => {
    const inputs = sizes[index]!;
    const limit = Math.sqrt(6 / (inputs + outputs));
    const kernel = random
      .uniform(random.key(index), [inputs, outputs])
      .mul(2 * limit)
      .sub(limit);
    return [kernel, np.zeros([outputs])];
  });
}

type State = { weights: Weights; first: Weights; second: Weights };

/** One step of Adam on a batch. */
const step = jit((state: State, x: JaxArray, y: JaxArray): [JaxArray, State] => {
  const lossOf = (weights: Weights) =>
    np.mean(np.sum(nn.logSoftmax(network(weights, x), -1).mul(y), -1)).mul(-1);
  const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(state.weights));
  const slopes = gradients as Weights;
  const first = state.first.map((m, i) => m.mul(0.9).add(slopes[i]!.ref.mul(0.1)));
  const second = state.second.map((v, i) => v.mul(0.999).add(np.square(slopes[i]!).mul(0.001)));
  const weights = state.weights.map((value, i) => {
    const change = first[i]!.ref.div(np.sqrt(second[i]!.ref).add(1e-7)).mul(0.001);
    return value.sub(change);
  });
  return [loss as JaxArray, { weights, first, second }];
});

/** Trains on `x` [n, 784] and one-hot `y` [n, 10], then returns the class probabilities of `x`. */
export async function trainMlp(x: HostArray, y: HostArray) {
  await init("wasm");
  defaultDevice("wasm");
  const weights = firstWeights();
  const zeros = () => weights.map((value) => np.zeros(value.shape));
  let state: State = { weights, first: zeros(), second: zeros() };
  const [n] = x.shape as [number];
  for (let epoch = 0; epoch < 5; epoch++) {
    for (let begin = 0; begin + 128 <= n; begin += 128) {
      const inputs = np.array(x.data.subarray(begin * 784, (begin + 128) * 784), { shape: [128, 784] });
      const labels = np.array(y.data.subarray(begin * 10, (begin + 128) * 10), { shape: [128, 10] });
      const [loss, next] = step(state, inputs, labels) as [JaxArray, State];
      loss.dispose();
      state = next;
    }
    await blockUntilReady(state.weights);
  }
  return nn.softmax(network(state.weights, np.array(x.data, { shape: x.shape })), -1).data();
}
