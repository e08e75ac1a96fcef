import { backend, HeklaError, ShapeError, scope, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Activation,
  AveragePooling2D,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  Input,
  Layer,
  MaxPooling2D,
  Sequential,
} from "../index.js";

/** The lecture's network for digits: channels first, activations as layers of their own. */
const lectureCNN = (): Sequential =>
  new Sequential([
    new Conv2D(20, 5, { padding: "same", dataFormat: "channelsFirst", inputShape: [1, 28, 28] }),
    new Activation("relu"),
    new MaxPooling2D(2, { strides: 2 }),
    new Conv2D(50, 5, { padding: "same" }),
    new Activation("relu"),
    new MaxPooling2D(2, { strides: 2 }),
    new Flatten(),
    new Dense(500),
    new Activation("relu"),
    new Dense(10),
    new Activation("softmax"),
  ]);

const lectureTable = `\
Model: "sequential_1"
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
=================================================================
conv2d_1 (Conv2D)            (None, 20, 28, 28)        520       
_________________________________________________________________
activation_1 (Activation)    (None, 20, 28, 28)        0         
_________________________________________________________________
max_pooling2d_1 (MaxPooling2 (None, 20, 14, 14)        0         
_________________________________________________________________
conv2d_2 (Conv2D)            (None, 50, 14, 14)        25050     
_________________________________________________________________
activation_2 (Activation)    (None, 50, 14, 14)        0         
_________________________________________________________________
max_pooling2d_2 (MaxPooling2 (None, 50, 7, 7)          0         
_________________________________________________________________
flatten_1 (Flatten)          (None, 2450)              0         
_________________________________________________________________
dense_1 (Dense)              (None, 500)               1225500   
_________________________________________________________________
activation_3 (Activation)    (None, 500)               0         
_________________________________________________________________
dense_2 (Dense)              (None, 10)                5010      
_________________________________________________________________
activation_4 (Activation)    (None, 10)                0         
=================================================================
Total params: 1,256,080
Trainable params: 1,256,080
Non-trainable params: 0
_________________________________________________________________`;

describe("summary", () => {
  it("of the lecture's network is the lecture's table", () => {
    let printed = "";
    const text = lectureCNN().summary({ print: (table) => (printed = table) });
    expect(text).toBe(lectureTable);
    expect(printed).toBe(text);
  });

  it("counts weights that are not trained", () => {
    const model = new Sequential([new Input([3]), new Dense(4, { trainable: false }), new Dense(2)]);
    const lines = model.summary().split("\n");
    expect(lines.slice(-4, -1)).toEqual([
      "Total params: 26",
      "Trainable params: 10",
      "Non-trainable params: 16",
    ]);
    expect(model.countParams()).toBe(26);
  });

  it("needs an input shape", () => {
    expect(() => new Sequential([new Dense(1)]).summary()).toThrow(/summary: the model is not built/);
  });
});

describe("Sequential", () => {
  it("names layers by class and number in each model", () => {
    const model = new Sequential([
      new Dense(1),
      new Dense(1, { name: "dense_3" }),
      new Dropout(0.1),
      new Dense(1),
    ]);
    model.add(new Dense(1));
    const names = ["dense_1", "dense_3", "dropout_1", "dense_2", "dense_4"];
    expect(model.layers.map(({ name }) => name)).toEqual(names);
    expect(new Sequential([new Dense(1)]).layers[0]!.name).toBe("dense_1");
    expect(model.getLayer("dropout_1")).toBeInstanceOf(Dropout);
    expect(() => model.getLayer("dropout")).toThrow(/got "dropout", expected one of dense_1, dense_3/);
    expect(() => model.add(new Dense(1, { name: "dense_1" }))).toThrow(HeklaError);
  });

  it("passes the data format on to image layers that name none", () => {
    const model = new Sequential([
      new Input([2, 8, 6]),
      new Conv2D(3, 3, { dataFormat: "channelsFirst" }),
      new AveragePooling2D(),
      new Conv2D(1, 1),
    ]);
    expect(model.layerShapes).toEqual([
      [null, 3, 6, 4],
      [null, 3, 3, 2],
      [null, 1, 3, 2],
    ]);
    const last = new Sequential([new Input([8, 6, 2]), new Conv2D(3, 3), new MaxPooling2D()]);
    expect(last.outputShape).toEqual([null, 3, 2, 3]);
  });

  it("is built by its first layer's shape, an Input, or the first data", () => {
    const models = [
      new Sequential([new Dense(2, { inputShape: [3] })]),
      new Sequential([new Input([3]), new Dense(2)]),
      new Sequential([new Dense(2)]),
    ];
    expect(models.map(({ built }) => built)).toEqual([true, true, false]);
    const x = tensor([[1, 2, 3]]);
    const outputs = models.map((model) => [...model.apply(x).dataSync()]);
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
  });

  it("takes the first weights from its seed, each layer its own", () => {
    const kernel = (seed: number, layer: number): number[] => {
      const model = new Sequential([new Input([4]), new Dense(4), new Dense(4)], { seed });
      return [...model.layers[layer]!.weights[0]!.dataSync()];
    };
    expect(kernel(1, 0)).toEqual(kernel(1, 0));
    expect(kernel(1, 0)).not.toEqual(kernel(1, 1));
    expect(kernel(1, 0)).not.toEqual(kernel(2, 0));
  });

  it("says where a shape does not fit, and makes nothing for it", () => {
    const slots = backend().memory().slots;
    expect(() => new Sequential([new Conv2D(2, 9, { inputShape: [8, 8, 1] })])).toThrow(ShapeError);
    expect(backend().memory().slots).toBe(slots);
  });

  it("holds models, whose weights keep their path", () => {
    const encoder = new Sequential([new Input([4]), new Dense(2)], { name: "encoder" });
    const decoder = new Sequential([new Dense(4)], { name: "decoder" });
    const model = new Sequential([encoder, decoder]);
    expect(model.layerShapes).toEqual([
      [null, 2],
      [null, 4],
    ]);
    expect(model.namedWeights().map(([path]) => path)).toEqual([
      "encoder/dense_1/kernel",
      "encoder/dense_1/bias",
      "decoder/dense_1/kernel",
      "decoder/dense_1/bias",
    ]);
    expect(model.apply(tensor([[1, 2, 3, 4]])).shape).toEqual([1, 4]);
  });

  it("has layers of the user's own", () => {
    class Double extends Layer {
      static override readonly className = "Double";
      override call(x: ReturnType<typeof tensor>): ReturnType<typeof tensor> {
        return x.multiply(2);
      }
      override computeOutputShape(shape: readonly (number | null)[]): readonly (number | null)[] {
        return shape;
      }
    }
    const model = new Sequential([new Input([2]), new Double()]);
    expect(model.layers[0]!.name).toBe("double_1");
    expect([...scope(() => model.apply(tensor([[1, 2]]))).dataSync()]).toEqual([2, 4]);
  });

  it("gives its memory back", () => {
    const before = backend().memory().persistentBytes;
    const model = lectureCNN();
    expect(backend().memory().persistentBytes - before).toBe(1_256_080 * 4);
    model.dispose();
    expect(backend().memory().persistentBytes).toBe(before);
  });
});
