import { DataError, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { decodeLatents, encodeLatents, learnLatentCode } from "./latent-coding.js";
import { RangeDecoder, RangeEncoder } from "./range-coder.js";

describe("the range coder", () => {
  it("takes as many bits as the symbols' information and gives them back", () => {
    const frequencies = [1, 9000, 500, 55_000];
    const total = 64_501;
    const random = new HostRandom(1, "symbols", 0);
    const symbols = Array.from({ length: 5000 }, () => {
      let place = Math.floor(random.uniform() * total);
      return frequencies.findIndex((one) => {
        place -= one;
        return place < 0;
      });
    });
    const encoder = new RangeEncoder();
    for (const symbol of symbols) encoder.encode(symbol, frequencies);
    const bytes = encoder.finish();
    const bits = symbols.reduce((sum, symbol) => sum - Math.log2(frequencies[symbol]! / total), 0);
    expect(bytes.length * 8).toBeGreaterThan(bits);
    expect(bytes.length * 8).toBeLessThan(bits + 16);

    const decoder = new RangeDecoder(bytes);
    expect(symbols.map(() => decoder.decode(frequencies))).toEqual(symbols);
  });

  it("says when bytes are missing", () => {
    const encoder = new RangeEncoder();
    for (let at = 0; at < 200; at++) encoder.encode(at % 2, [1, 1]);
    const decoder = new RangeDecoder(encoder.finish().subarray(0, 10));
    const all = () => Array.from({ length: 200 }, () => decoder.decode([1, 1]));
    expect(all).toThrow(new DataError("coded picture: cut short, got 10 bytes, expected more"));
  });
});

describe("latents as bytes", () => {
  // Latents in patches: where neighbours are zero, zero is likely.
  const shape = [6, 3, 13, 13];
  const random = new HostRandom(2, "latents", 0);
  const data = Float32Array.from({ length: 6 * 3 * 169 }, (_, at) => {
    const busy = at % 13 < 5;
    return busy ? Math.floor(random.uniform() * 8) - 4 : random.uniform() < 0.03 ? 1 : 0;
  });
  const latents = { data, shape };
  const code = learnLatentCode(latents, 4);

  it("come back whole, at fewer bits than without their neighbours", () => {
    let bits = 0;
    for (let picture = 0; picture < 6; picture++) {
      const bytes = encodeLatents(latents, picture, code);
      bits += bytes.length * 8;
      const back = decodeLatents(bytes, [13, 13], code);
      expect(back.shape).toEqual([1, 3, 13, 13]);
      expect(back.data).toEqual(data.subarray(picture * 507, (picture + 1) * 507));
    }
    const counts = new Map<number, number>();
    for (const value of data) counts.set(value, (counts.get(value) ?? 0) + 1);
    const alone = [...counts.values()].reduce((sum, n) => sum - n * Math.log2(n / data.length), 0);
    expect(bits).toBeLessThan(0.92 * alone);
  });

  it("that training never had have a code too", () => {
    const strange = { data: new Float32Array(507).fill(-8), shape: [1, 3, 13, 13] };
    const bytes = encodeLatents(strange, 0, code);
    expect(bytes.length).toBeGreaterThan(1.5 * encodeLatents(latents, 0, code).length);
    expect(decodeLatents(bytes, [13, 13], code).data).toEqual(strange.data);
  });
});
