import { expect, test } from "vitest";
import * as h from "./index.js";

test("smoke", async () => {
  const x = h.tensor([[1, 2], [3, 4]]);
  expect(await x.add(1).mul?.call).toBeUndefined();
  expect(await x.add(1).array()).toEqual([[2, 3], [4, 5]]);
  expect(await h.matmul(x, x.transpose()).array()).toEqual([[5, 11], [11, 25]]);
  expect(await h.softmax(x).sum({ axes: 1 }).array()).toEqual([1, 1]);
  const g = h.grad((a: h.Tensor) => a.multiply(a).multiply(a).sum());
  expect(await g(x).array()).toEqual([[3, 12], [27, 48]]);
  const gg = h.grad((a: h.Tensor) => g(a).sum());
  expect(await gg(x).array()).toEqual([[6, 12], [18, 24]]);
  const w = new h.Variable(h.ones([2, 2]), { name: "w" });
  const step = h.compile((input: h.Tensor) => {
    const { value, grads } = h.valueAndGrad(() => h.relu(h.matmul(input, w)).sum(), [w])();
    w.assign(h.subtract(w, h.multiply(grads.get(w)!, 0.1)));
    return value;
  });
  for (let i = 0; i < 3; i++) console.log(await step(x).item(), w.dataSync());
  const s = new h.RandomStream(1, "init");
  console.log(await h.randomUniform([4], s).data(), await h.randomNormal([4], s).data());
  expect(h.threefry([0, 0], [0, 0]).map((v) => (v >>> 0).toString(16))).toEqual(["6b200159", "99ba4efe"]);
  const { values, indices } = h.topK(h.tensor([3, 1, 2]), 2);
  expect([await values.array(), await indices.array()]).toEqual([[3, 2], [0, 2]]);
  const c = h.conv2d(h.ones([1, 4, 4, 1]), h.ones([2, 1, 3, 3]), { padding: "same" });
  console.log(c.shape, await h.maxPool2d(c).array());
});
