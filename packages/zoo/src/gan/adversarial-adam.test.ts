import { compile, DataError, multiply, square, sum, tensor, Variable, valueAndGrad } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { AdversarialAdam } from "./adversarial-adam.js";

const rates = { generatorRate: 0.2, discriminatorRate: 0.1, beta1: 0.5, beta2: 0.9 };

describe("two Adams", () => {
  it("take the updates before them in a step for granted", async () => {
    const [made, judge] = [new Variable(tensor([2]), { name: "made" }), new Variable(tensor([3]))];
    const optimizer = new AdversarialAdam(rates, [made]);
    const loss = () => sum(multiply(square(judge), made));
    const step = compile(() => {
      const seen = [];
      for (const moved of [judge, judge, made]) {
        const { grads } = valueAndGrad(loss, [moved])();
        seen.push(judge.read(), grads.get(moved)!);
        optimizer.apply(grads);
      }
      return seen;
    });
    const [before, first, once, second, twice, third] = await Promise.all(
      step().map(async (value) => (await value.data())[0]!),
    );
    expect([before, first]).toEqual([3, 12]);
    // Adam's first step is its rate, whatever the gradient.
    expect(once).toBeCloseTo(2.9, 5);
    expect(second).toBeCloseTo(2 * once! * 2, 4);
    expect(twice).toBeLessThan(2.81);
    // Not what moving `made` would do to `judge` by way of its updates.
    expect(third).toBeCloseTo(twice! ** 2, 4);
    expect(made.dataSync()[0]).toBeCloseTo(1.8, 5);
    expect(optimizer.iterations.dataSync()[0]).toBe(1);
    expect(optimizer.discriminator.iterations.dataSync()[0]).toBe(2);
  });

  it("refuse to move both players at once", () => {
    const [made, judge] = [new Variable(tensor([2])), new Variable(tensor([3]))];
    const optimizer = new AdversarialAdam(rates, [made]);
    const grads = new Map([made, judge].map((weight) => [weight, tensor([1])]));
    expect(() => optimizer.apply(grads)).toThrow(DataError);
  });
});
