import { beforeEach, describe, expect, test } from "vitest";
import { roundToHalf, toHalf } from "./half.js";
import {
  add,
  argMax,
  argsort,
  type Backend,
  backend,
  cast,
  compile,
  conv2d,
  cumsum,
  type Dtype,
  DtypeError,
  divide,
  exp,
  findNonFinite,
  full,
  grad,
  matmul,
  mean,
  multiply,
  type Plan,
  reference,
  scope,
  sum,
  type Tensor,
  tensor,
  useBackend,
  Variable,
  variance,
  where,
} from "./index.js";

const half = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor([...values], { shape, dtype: "float16" });
const values = (x: Tensor): number[] => [...x.dataSync()];
/** A reference backend that keeps the plans it gets. */
function watched(dtypes?: readonly Dtype[]): Backend & { plans: Plan[] } {
  const [inner, plans] = [reference(), [] as Plan[]];
  const prepare = (plan: Plan) => {
    plans.push(plan);
    return inner.prepare(plan);
  };
  return { ...inner, name: "watched", dtypes: dtypes ?? inner.dtypes, plans, prepare };
}

describe("float16", () => {
  beforeEach(() => useBackend(reference()));

  test("values go in rounded and come out as float32; backends exchange bits", () => {
    const x = half([1 / 3, 70000, -1e-8, 2 ** -24]);
    expect(x.dtype).toBe("float16");
    expect(x.dataSync()).toEqual(Float32Array.of(0.333251953125, Number.POSITIVE_INFINITY, -0, 2 ** -24));
    const slot = backend().upload(toHalf([1, -2]), "float16");
    expect(backend().readSync(slot)).toEqual(Uint16Array.of(0x3c00, 0xc000));
  });

  test("promotion: wider than integers, narrower than float32; numbers follow", () => {
    const x = half([1, 2]);
    expect(add(x, tensor([1, 2])).dtype).toBe("float32");
    expect(add(x, tensor([1, 2], { dtype: "int32" })).dtype).toBe("float16");
    expect(add(x, tensor([true, false], { dtype: "bool" })).dtype).toBe("float16");
    expect(multiply(x, 0.1).dtype).toBe("float16");
    expect(where(tensor([true, false], { dtype: "bool" }), x, 0.5).dtype).toBe("float16");
    expect(matmul(half([1, 2], [1, 2]), tensor([[1], [2]])).dtype).toBe("float32");
    expect(values(multiply(half([1]), 0.1))).toEqual([roundToHalf(0.1)]);
  });

  test("each op of a fused chain is rounded, with the same bits op by op, in one plan, and compiled", () => {
    const chain = (x: Tensor): Tensor => add(exp(multiply(x, x)), divide(x, 3));
    const x = half([0.1, 0.7, -1.3, 2.9, 3.4]);
    const expected = values(x).map((v) => {
      const square = roundToHalf(v * v);
      return roundToHalf(roundToHalf(Math.exp(square)) + roundToHalf(v / 3));
    });
    expect(values(chain(x))).toEqual(expected);
    expect(values(scope(() => chain(x)))).toEqual(expected);
    expect(values(compile(chain)(x))).toEqual(expected);
  });

  test("numbers that are folded are rounded after each op", () => {
    const folded = scope(() => add(multiply(full([1], 0.1, { dtype: "float16" }), 3), 0.01));
    const product = roundToHalf(roundToHalf(0.1) * 3);
    expect(values(folded)).toEqual([roundToHalf(product + roundToHalf(0.01))]);
  });

  test("sums, matmuls and convolutions add up in higher precision and round once", () => {
    // Added up in half precision, the sum would stop at 2048.
    const ones = full([4097], 1, { dtype: "float16" });
    expect(values(sum(ones))).toEqual([4096]);
    expect(values(cumsum(ones)).at(-1)).toBe(4096);
    const row = full([1, 4098], 1, { dtype: "float16" });
    expect(values(matmul(row, row, { transposeB: true }))).toEqual([4098 - 2]);
    const image = full([1, 1, 64, 64], 1, { dtype: "float16" });
    const options = { dataFormat: "channelsFirst" } as const;
    expect(values(conv2d(image, image, options))).toEqual([4096]);
    // 1 + 2^-11 + 2^-40 lies above the middle: by way of float32 it would be on it, and go down.
    expect(values(sum(half([1, 2 ** -11, 2 ** -24, 2 ** -24])))).toEqual([1 + 2 ** -10]);
  });

  test("means and variances do not overflow where their sums and counts would", () => {
    const x = full([70000], 3, { dtype: "float16" });
    expect(mean(x).dtype).toBe("float16");
    expect(values(mean(x))).toEqual([3]);
    expect(values(variance(half([300, -300, 300, -300])))).toEqual([Number.POSITIVE_INFINITY]);
    expect(values(variance(half([200, -200, 200, -200])))).toEqual([40000]);
    expect(values(grad((a: Tensor) => mean(a))(x)).slice(0, 1)).toEqual([roundToHalf(1 / 70000)]);
  });

  test("indices are whole, however long the axis", () => {
    const x = tensor(
      Float32Array.from({ length: 5000 }, (_, i) => (i === 4099 ? 1 : 0)),
      { dtype: "float16" },
    );
    expect(values(argMax(x))).toEqual([4099]);
    expect(argsort(x, { descending: true }).dataSync()[0]).toBe(4099);
  });

  test("gradients have the type of what they are taken by", () => {
    const [x, w] = [half([1, 2], [1, 2]), new Variable(tensor([[0.5], [0.25]]), { name: "w" })];
    const loss = (input: Tensor): Tensor => sum(cast(matmul(input, cast(w.read(), "float16")), "float32"));
    expect(grad(loss)(x).dtype).toBe("float16");
    const byWeight = grad(loss, [w])(x).get(w)!;
    expect(byWeight.dtype).toBe("float32");
    expect(values(byWeight)).toEqual([1, 2]);
  });

  test("Variables hold it; what is assigned is rounded", async () => {
    const variable = new Variable(tensor([1 / 3]), { dtype: "float16" });
    expect(variable.dtype).toBe("float16");
    expect(await variable.data()).toEqual(Float32Array.of(0.333251953125));
    variable.assign(add(variable, 1e-4));
    expect(variable.dataSync()).toEqual(Float32Array.of(0.333251953125));
    variable.write([0.1]);
    expect(variable.dataSync()).toEqual(Float32Array.of(roundToHalf(0.1)));
    expect(backend().memory().persistentBytes).toBe(2);
  });

  test("an element takes two bytes of the arena", async () => {
    const bytesOf = async (dtype: Dtype): Promise<number> => {
      const owner = watched();
      await useBackend(owner);
      const x = full([1024, 16], 1, { dtype });
      values(scope(() => matmul(matmul(x, x, { transposeA: true }), full([16, 1024], 1, { dtype }))));
      return owner.plans.at(-1)!.arenaBytes;
    };
    expect(await bytesOf("float32")).toBe(2 * (await bytesOf("float16")));
  });

  test("a bad value is found in it", async () => {
    const x = half([60000, 1]);
    expect(await findNonFinite(() => add(multiply(x, 2), 1))).toMatchObject({ value: "Infinity" });
    expect(await findNonFinite(() => add(multiply(x, 1), 1))).toBeUndefined();
  });

  test("in double precision, for gradient checks, nothing is rounded", async () => {
    await useBackend(reference({ dtype: "float64" }));
    expect(values(add(half([0.5]), 2 ** -20))).toEqual([0.5 + 2 ** -20]);
  });

  test("a backend without it refuses at once, by name, before anything is recorded", async () => {
    const owner = watched(["float32", "int32", "bool"]);
    await useBackend(owner);
    const message = "watched: got float16, expected float32, int32, bool";
    const weight = new Variable(tensor([1]));
    expect(() => half([1])).toThrow(new DtypeError(message));
    expect(() => full([2], 1, { dtype: "float16" })).toThrow(message);
    expect(() => cast(tensor([1]), "float16")).toThrow(message);
    expect(() => new Variable(tensor([1]), { dtype: "float16" })).toThrow(message);
    const plans = owner.plans.length;
    const step = compile((x: Tensor) => {
      weight.assign(full([1], 2));
      return cast(x, "float16");
    });
    expect(() => step(tensor([1]))).toThrow(new DtypeError(message));
    expect(owner.plans.length).toBe(plans);
    expect(weight.dataSync()).toEqual(Float32Array.of(1));
  });
});
