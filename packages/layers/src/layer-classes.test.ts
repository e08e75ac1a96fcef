import { DataError, multiply, type Tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { type Config, Dense, layerFromConfig } from "./index.js";

class Doubled extends Dense {
  static override readonly className = "Doubled";
  override call(inputs: Tensor): Tensor {
    return multiply(super.call(inputs), 2);
  }
}

class Tripled extends Dense {
  static override readonly className = "Tripled";
  static override fromConfig({ units, ...options }: Config): Tripled {
    return new Tripled(units as number, options);
  }
}

describe("layerFromConfig", () => {
  it("makes classes of the user's own, those that extend others too", () => {
    const config = new Tripled(3, { name: "more", activation: "relu" }).getConfig();
    const again = layerFromConfig({ className: "Tripled", config }, [Tripled]);
    expect(again).toBeInstanceOf(Tripled);
    expect(again.getConfig()).toEqual(config);
  });

  it("refuses a class that comes back as the one it extends", () => {
    const make = () =>
      layerFromConfig({ className: "Doubled", config: new Doubled(2).getConfig() }, [Doubled]);
    expect(make).toThrow(DataError);
    expect(make).toThrow(/got Dense, expected Doubled; give the class a static fromConfig of its own/);
  });
});
