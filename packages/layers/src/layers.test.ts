import {
  compile,
  HostRandom,
  ShapeError,
  scope,
  square,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import file from "../../conformance/goldens/layers.json" with { type: "json" };
import {
  Activation,
  AveragePooling2D,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  HeNormal,
  type Layer,
  layerFromConfig,
  MaxPooling2D,
  Reshape,
  Seeds,
} from "./index.js";

function samples(shape: readonly number[]): Tensor {
  const random = new HostRandom(3, "samples");
  const size = shape.reduce((total, length) => total * length, 1);
  return tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    { shape },
  );
}

/** A layer's values and gradients by its weights, on given inputs. */
const valuesAndGradients = (layer: Layer, x: Tensor): { output: Tensor; gradients: Tensor[] } => {
  const loss = (): { value: Tensor; output: Tensor } => {
    const output = layer.apply(x, { training: true });
    return { value: sum(square(output)), output };
  };
  const { output, grads } = valueAndGrad(loss, [...layer.trainableWeights])();
  return { output, gradients: [...grads.values()] };
};

const bits = async (tensors: readonly Tensor[]): Promise<number[][]> =>
  Promise.all(tensors.map(async (x) => [...(await x.data())]));

/** What every layer must do. `weights` are the names of its weights. */
function testLayer(
  title: string,
  make: () => Layer,
  inputShape: readonly number[],
  weights: readonly string[],
): void {
  describe(title, () => {
    const built = (layer = make()): Layer => {
      layer.join("probe", new Seeds(5));
      layer.build([null, ...inputShape.slice(1)]);
      return layer;
    };

    it("has the weights it should have, counted", () => {
      const layer = built();
      expect(layer.weights.map(({ name }) => name)).toEqual(weights.map((name) => `probe/${name}`));
      expect(layer.countParams()).toBe(layer.weights.reduce((total, { size }) => total + size, 0));
      layer.trainable = false;
      expect(layer.trainableWeights).toEqual([]);
      expect(layer.nonTrainableWeights).toEqual(layer.weights);
    });

    it("gives the shape it says", () => {
      const layer = built();
      const output = layer.apply(samples(inputShape));
      expect(layer.computeOutputShape(inputShape)).toEqual([...output.shape]);
      expect(layer.computeOutputShape([null, ...inputShape.slice(1)])).toEqual([
        null,
        ...output.shape.slice(1),
      ]);
    });

    it("is the same from its config and weights", async () => {
      const layer = built();
      const config = { className: layer.className, config: JSON.parse(JSON.stringify(layer.getConfig())) };
      const copy = layerFromConfig(config);
      expect(copy.getConfig()).toEqual(layer.getConfig());
      copy.build([null, ...inputShape.slice(1)]);
      copy.setWeights(await layer.getWeights());
      const x = samples(inputShape);
      expect([...copy.apply(x).dataSync()]).toEqual([...layer.apply(x).dataSync()]);
    });

    it("gives the same bits eager, scoped and compiled", async () => {
      const x = samples(inputShape);
      const run = (around: (f: (x: Tensor) => Tensor[]) => (x: Tensor) => Tensor[]): Tensor[] => {
        const layer = built();
        return around((input) => {
          const { output, gradients } = valuesAndGradients(layer, input);
          return [output, ...gradients];
        })(x);
      };
      const eager = await bits(run((f) => f));
      expect(await bits(run((f) => (input) => scope(() => f(input))))).toEqual(eager);
      expect(await bits(run((f) => compile(f)))).toEqual(eager);
    });

    it("passes a gradient to every weight, against which a step lowers the loss", async () => {
      const layer = built();
      const x = samples(inputShape);
      const loss = (): number => sum(square(layer.apply(x))).dataSync()[0]!;
      const before = loss();
      const { gradients } = valuesAndGradients(layer, x);
      for (const [index, weight] of layer.trainableWeights.entries()) {
        const gradient = gradients[index]!.dataSync();
        expect(gradient.some((value) => value !== 0)).toBe(true);
        weight.write(weight.dataSync().map((value, k) => value - 1e-3 * gradient[k]!));
      }
      if (weights.length > 0) expect(loss()).toBeLessThan(before);
    });

    it("checks the weights it is given", async () => {
      const layer = built();
      const values = await layer.getWeights();
      expect(() => layer.setWeights([...values, { data: new Float32Array(1), shape: [1] }])).toThrow(
        ShapeError,
      );
      if (values.length === 0) return;
      const wrong = values.map(({ data, shape }) => ({ data, shape: [...shape, 1] }));
      expect(() => layer.setWeights(wrong)).toThrow(
        /setWeights: probe\/\w+ does not fit, got \[.*\], expected \[/,
      );
      expect(await layer.getWeights()).toEqual(values);
    });
  });
}

const image = [2, 6, 5, 3];
const imageFirst = [2, 3, 6, 5];
const first = { dataFormat: "channelsFirst" } as const;
testLayer("Dense", () => new Dense(4, { activation: "tanh" }), [3, 5], ["kernel", "bias"]);
testLayer(
  "Dense on time steps",
  () => new Dense(4, { biasInitializer: "ones" }),
  [3, 2, 5],
  ["kernel", "bias"],
);
testLayer(
  "Dense without bias",
  () => new Dense(1, { useBias: false, kernelInitializer: new HeNormal() }),
  [3, 5],
  ["kernel"],
);
testLayer("Conv2D", () => new Conv2D(4, [3, 2], { activation: "relu" }), image, ["kernel", "bias"]);
testLayer(
  "Conv2D channels first",
  () => new Conv2D(4, 3, { padding: "same", strides: [2, 1], ...first }),
  imageFirst,
  ["kernel", "bias"],
);
testLayer("Conv2D dilated", () => new Conv2D(2, 2, { dilationRate: [2, 3], useBias: false }), image, [
  "kernel",
]);
testLayer("MaxPooling2D", () => new MaxPooling2D(), image, []);
testLayer(
  "MaxPooling2D channels first",
  () => new MaxPooling2D([3, 2], { strides: 2, padding: "same", ...first }),
  imageFirst,
  [],
);
testLayer("AveragePooling2D", () => new AveragePooling2D(2, { strides: 1 }), image, []);
testLayer(
  "AveragePooling2D channels first",
  () => new AveragePooling2D(3, { padding: "same", ...first }),
  imageFirst,
  [],
);
testLayer("Flatten", () => new Flatten(), image, []);
testLayer("Flatten channels first", () => new Flatten(first), imageFirst, []);
testLayer("Reshape", () => new Reshape([5, -1]), image, []);
testLayer("Activation", () => new Activation("softmax"), [3, 5], []);
testLayer("Dropout", () => new Dropout(0.4), [30, 5], []);
testLayer("Dropout of whole axes", () => new Dropout(0.4, { noiseShape: [null, 1], seed: 9 }), [30, 5], []);
describe.each(file.cases)("$name", ({ layer, options, input, weights, output }) => {
  it("gives what Keras 3 gives", () => {
    const made = layerFromConfig({ className: layer, config: options });
    made.build([null, ...input.shape.slice(1)]);
    made.setWeights(weights.map(({ data, shape }) => ({ data: Float32Array.from(data), shape })));
    const result = made.apply(tensor(Float32Array.from(input.data), { shape: input.shape }));
    expect([...result.shape]).toEqual(output.shape);
    const largest = Math.max(...output.data.map(Math.abs));
    result.dataSync().forEach((value, k) => {
      expect(Math.abs(value - output.data[k]!) / largest).toBeLessThan(2e-6);
    });
  });
});

describe("Dropout", () => {
  const x = tensor(new Float32Array(20_000).fill(1), { shape: [2000, 10] });

  it("drops its share in training and scales the rest", () => {
    const values = new Dropout(0.25).apply(x, { training: true }).dataSync();
    const dropped = values.filter((value) => value === 0).length / values.length;
    // 20 000 draws: a standard deviation of 0.003.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.015);
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  });

  it("draws anew at each step of a compiled function, and leaves predictions alone", () => {
    const layer = new Dropout(0.5);
    const step = compile((input: Tensor) => layer.apply(input, { training: true }));
    expect(step(x).dataSync()).not.toEqual(step(x).dataSync());
    expect(layer.apply(x)).toBe(x);
  });

  it("drops whole axes under a noise shape", () => {
    const values = new Dropout(0.5, { noiseShape: [null, 1] }).apply(x, { training: true }).dataSync();
    for (let row = 0; row < 2000; row++) {
      expect(new Set(values.slice(row * 10, row * 10 + 10)).size).toBe(1);
    }
    expect(new Set(values).size).toBe(2);
  });
});

describe("layers", () => {
  it.each([
    [() => new Dense(0), /dense: bad units, got 0/],
    [() => new Dense(2).build([null]), /dense: the last axis must have a known size, got \(None,\)/],
    [() => new Conv2D(2.5, 3), /conv2d: bad filters, got 2.5/],
    [() => new Conv2D(2, [3, 0]), /kernelSize, got 0/],
    [() => new Conv2D(2, 3).computeOutputShape([null, 28, 28]), /got \(None, 28, 28\), expected 4 axes/],
    [
      () => new Conv2D(2, 5).computeOutputShape([null, 4, 9, 1]),
      /got input \(None, 4, 9, 1\).*over 5 places/,
    ],
    [
      () => new Reshape([3, 3]).computeOutputShape([null, 10]),
      /got input \(None, 10\), expected one of the size/,
    ],
    [() => new Reshape([-1, -1]), /at most one -1/],
  ])("refuse shapes that do not fit %#", (bad, message) => {
    expect(bad).toThrow(ShapeError);
    expect(bad).toThrow(message);
  });

  it.each([
    [() => new Activation("relo"), /unknown name, got "relo", expected one of linear, relu/],
    [() => new Dense(1, { kernelInitializer: "glorot" }), /got "glorot", expected one of zeros/],
    [() => new Dropout(1), /bad rate, got 1/],
    [() => layerFromConfig({ className: "Densse", config: {} }), /got "Densse", expected one of Activation/],
  ])("refuse names and settings that are unknown %#", (bad, message) => {
    expect(bad).toThrow(message);
  });
});
