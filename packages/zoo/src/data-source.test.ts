import { DataNotFoundError } from "@hekla/datasets";
import { DataError } from "@hekla/tensor";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DataSource } from "./data-source.js";

const missing = async (): Promise<string> => {
  throw new DataNotFoundError("missing");
};
const real = async () => "real";
const twin = () => "twin";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("DataSource", () => {
  it("takes real data, and made-up ones only where it may", async () => {
    vi.stubEnv("HEKLA_DATA_DIR", "");
    expect(await new DataSource().load("a", real, twin)).toBe("real");
    expect(await new DataSource({ synthetic: "always" }).load("a", real, twin)).toBe("twin");
    expect(await new DataSource({ synthetic: "standIn" }).load("a", real, twin)).toBe("real");
    expect(await new DataSource({ synthetic: "standIn" }).load("a", missing, twin)).toBe("twin");
    await expect(new DataSource().load("a", missing, twin)).rejects.toThrow(DataNotFoundError);
  });

  it("lets nothing stand in for a folder that was named, nor for broken files", async () => {
    vi.stubEnv("HEKLA_DATA_DIR", "");
    const named = new DataSource({ synthetic: "standIn", dataDir: "here" });
    await expect(named.load("a", missing, twin)).rejects.toThrow("missing");
    const broken = async (): Promise<string> => {
      throw new DataError("broken");
    };
    await expect(new DataSource({ synthetic: "standIn" }).load("a", broken, twin)).rejects.toThrow("broken");
    vi.stubEnv("HEKLA_DATA_DIR", "there");
    await expect(new DataSource({ synthetic: "standIn" }).load("a", missing, twin)).rejects.toThrow(
      "missing",
    );
  });

  it("downloads nothing where made-up data may stand in, and loads once", async () => {
    vi.stubEnv("HEKLA_DATA_DIR", "");
    const load = vi.fn(async (options: object) => options);
    const data = new DataSource({ synthetic: "standIn" });
    expect(await data.load("a", load, () => ({}))).toEqual({ download: false });
    expect(await data.load("a", load, () => ({}))).toBe(await data.load("a", load, () => ({})));
    expect(load).toHaveBeenCalledTimes(1);
  });
});
