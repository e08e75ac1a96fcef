import { expect, it } from "vitest";
import { CNN } from "../src/works.js";
import { cnnModel, productModel } from "./onnx-model.js";
import { message } from "./protobuf.js";

/** Fields of a message, read back by the wire format's definition: length-delimited ones as bytes. */
function fields(bytes: Uint8Array): [number, number | Uint8Array][] {
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    if ((key & 7) === 0) found.push([key >> 3, varint()]);
    else {
      const length = varint();
      found.push([key >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  return found;
}

const all = (bytes: Uint8Array, number: number) =>
  fields(bytes).flatMap(([field, value]) => (field === number ? [value as Uint8Array] : []));
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

it("writes varints and text as protocol buffers lays them out", () => {
  // The two examples of the format's documentation.
  expect([...message([[1, 150]])]).toEqual([0x08, 0x96, 0x01]);
  expect([...message([[2, "testing"]])]).toEqual([0x12, 0x07, ...new TextEncoder().encode("testing")]);
});

it("describes the digit CNN with all of its weights", () => {
  const [graph] = all(cnnModel(CNN, 2), 7);
  const kinds = all(graph!, 1).map((node) => text(all(node, 4)[0]));
  const block = ["Conv", "Relu", "MaxPool"];
  expect(kinds).toEqual([...block, ...block, "Flatten", "Gemm", "Relu", "Gemm", "Softmax"]);
  const bytes = all(graph!, 5).reduce((sum, weight) => sum + all(weight, 9)[0]!.length, 0);
  expect(bytes).toBe(4 * 1_256_080);
  // Each node takes what the one before gives.
  const nodes = all(graph!, 1).map((node) => [text(all(node, 1)[0]), text(all(node, 2)[0])]);
  expect(nodes[0]![0]).toBe("images");
  expect(nodes.at(-1)![1]).toBe("result");
  nodes.slice(1).forEach(([input], index) => {
    expect(input).toBe(nodes[index]![1]);
  });
});

it("describes a product by the shapes of its operands", () => {
  const [graph] = all(productModel({ rows: 2, inner: 300, columns: 5 }), 7);
  const sizes = all(graph!, 11).map((input) => {
    const [tensor] = all(all(input, 2)[0]!, 1);
    const [shape] = all(tensor!, 2);
    return all(shape!, 1).map((size) => fields(size)[0]![1]);
  });
  expect(sizes).toEqual([
    [2, 300],
    [300, 5],
  ]);
});
