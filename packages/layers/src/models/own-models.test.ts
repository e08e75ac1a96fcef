import { Adam, SGD } from "@hekla/optim";
import {
  add,
  type HostArray,
  HostRandom,
  ones,
  type Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  binaryCrossentropy,
  Dense,
  Input,
  L2,
  type Layer,
  Model,
  reduceLoss,
  Sequential,
  type StepBatch,
  type StepFigures,
} from "../index.js";

const random = new HostRandom(6, "data");
const values = (...shape: number[]): HostArray => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  shape,
});

const dense = (units: number): Sequential =>
  new Sequential([new Input([2]), new Dense(8, { activation: "relu" }), new Dense(units)]);

/** Two networks against each other, each with an optimizer of its own. */
class Adversaries extends Model {
  readonly generator = dense(2);
  readonly discriminator = dense(1);
  readonly optimizers = [new Adam(0.02), new Adam(0.02)] as const;

  override call(noise: Tensor): Tensor {
    return this.generator.apply(noise);
  }

  override trainStep({ x: [real] }: StepBatch): StepFigures {
    const noise = real.multiply(0.5);
    const labels = [real.shape[0]!, 1];
    const loss = (target: Tensor, points: Tensor): Tensor =>
      reduceLoss(binaryCrossentropy(target, this.discriminator.apply(points), { fromLogits: true }));
    const judge = valueAndGrad(
      () => add(loss(ones(labels), real), loss(zeros(labels), this.generator.apply(noise))),
      [...this.discriminator.trainableWeights],
    )();
    this.optimizers[0].apply(judge.grads);
    const forge = valueAndGrad(
      () => loss(ones(labels), this.generator.apply(noise)),
      [...this.generator.trainableWeights],
    )();
    this.optimizers[1].apply(forge.grads);
    return { judge: judge.value, forge: forge.value };
  }
}

/** Two outputs, and a list of layers. */
class Two extends Model {
  readonly hidden = [new Dense(4, { activation: "tanh" }), new Dense(4, { kernelRegularizer: new L2(0.1) })];
  readonly first = new Dense(2);
  readonly second = new Dense(3);

  override call(x: Tensor): Tensor[] {
    const inner = this.hidden.reduce((h, layer) => layer.apply(h), x);
    return [this.first.apply(inner), this.second.apply(inner)];
  }
}

describe("a model with a training step of its own", () => {
  it("trains several networks by several optimizers, without labels", async () => {
    const model = new Adversaries({ seed: 3 });
    model.compile({ optimizer: new SGD() });
    const x = values(64, 2);
    const { history } = await model.fit(x, null, { epochs: 8, batchSize: 16 });
    expect(Object.keys(history)).toEqual(["judge", "forge"]);
    expect(history.judge!.at(-1)).toBeLessThan(history.judge![0]!);
    expect(Object.keys(await model.trainOnBatch(x))).toEqual(["judge", "forge"]);
    expect((await model.predict(values(3, 2))).shape).toEqual([3, 2]);
    await expect(
      model.evaluate(function* () {
        yield [x];
      }),
    ).rejects.toThrow("evaluate: there are no labels");
  });
});

describe("a model of one's own with several outputs", () => {
  it("learns their number from what compile is told, or from its data", async () => {
    const [x, y] = [values(8, 3), [values(8, 2), values(8, 3)]];
    const listed = new Two();
    listed.compile({ optimizer: new SGD(0.1), loss: ["mse", "mae"], metrics: [["mae"], null] });
    expect(Object.keys(await listed.trainOnBatch(x, y))).toEqual([
      "loss",
      "output_1_loss",
      "output_2_loss",
      "output_1_mae",
    ]);
    const same = new Two();
    same.compile({ optimizer: new SGD(0.1), loss: "mse" });
    const { loss, output_1_loss: a, output_2_loss: b } = await same.trainOnBatch(x, y);
    expect(loss).toBeGreaterThan(a! + b!);
  });

  it("names its layers when it is first applied, and can be trained then", async () => {
    const model = new Two();
    expect(model.apply(tensor([[1, 2, 3]])).shape).toEqual([1, 2]);
    const names = model.weights.map(({ name }) => name);
    expect(new Set(names).size).toBe(8);
    expect(names).toContain("dense_4/kernel");
    model.compile({ optimizer: new SGD(0.1), loss: "mse", lossWeights: [1, 2] });
    await model.fit(values(8, 3), [values(8, 2), values(8, 3)]);
    expect((await model.predictAll(values(5, 3)))[1]!.shape).toEqual([5, 3]);
  });
});

it("an activity regularizer counts each use of its layer", async () => {
  class Twice extends Model {
    readonly layer: Layer = new Dense(1, {
      useBias: false,
      kernelInitializer: "ones",
      activityRegularizer: new L2(0.5),
    });

    override call(x: Tensor): Tensor {
      return this.layer.apply(this.layer.apply(x).multiply(2));
    }
  }
  const model = new Twice();
  model.compile({ optimizer: new SGD(0), loss: "mse" });
  // Outputs 1 and 2, then 2 and 4: the loss is 0, the penalties are half the mean of their squares.
  const { loss } = await model.evaluate([[1], [2]], [[2], [4]]);
  expect(loss).toBeCloseTo((0.5 * (1 + 4)) / 2 + (0.5 * (4 + 16)) / 2, 6);
});
