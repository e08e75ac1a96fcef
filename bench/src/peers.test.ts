import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { choosePeers, PEER_NAMES } from "./peers.js";
import { UsageError } from "./usage-error.js";

const names = (choice: Parameters<typeof choosePeers>[0]) => choosePeers(choice).map(({ name }) => name);

describe("the choice of peers", () => {
  it("leaves out native programs and those that cannot be asked for the work, unless they are named", () => {
    const training = names({ only: undefined, pytorch: false, work: "mlp" });
    expect(training[0]).toBe("hekla");
    expect(training).toContain("tensorflow-tuned");
    expect(training).not.toContain("onnxruntime-web");
    expect(training).not.toContain("pytorch");
    const inference = names({ only: undefined, pytorch: true, work: "cnn-inference" });
    expect(inference).toEqual(expect.arrayContaining(["onnxruntime-web", "onnxruntime", "pytorch-one"]));
    expect(inference).not.toContain("gpu.js");
    expect(names({ only: ["gpu.js", "hekla"], pytorch: false, work: "mlp" })).toEqual(["hekla", "gpu.js"]);
  });

  it("names the known ones where one is unknown", () => {
    expect(() => choosePeers({ only: ["heckla"], pytorch: false })).toThrow(UsageError);
    expect(() => choosePeers({ only: ["heckla"], pytorch: false })).toThrow(
      /got heckla, expected some of hekla/,
    );
  });

  it("finds the program of each", () => {
    const bench = new URL("../", import.meta.url);
    for (const peer of choosePeers({ only: PEER_NAMES, pytorch: true }))
      expect(existsSync(fileURLToPath(new URL(peer.entry, bench))), peer.entry).toBe(true);
  });
});
