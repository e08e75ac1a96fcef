import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError } from "@hekla/tensor/errors";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findFile } from "./find-file.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hekla-find-"));
  await mkdir(join(folder, "set"));
  await writeFile(join(folder, "set", "a.txt"), "in the set's folder");
  await writeFile(join(folder, "b.txt"), "flat");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("the first name that is there, in dataDir", async () => {
  const found = await findFile(["a.txt", "set/a.txt", "b.txt"], { dataset: "demo", dataDir: folder });
  expect(text(found.bytes)).toBe("in the set's folder");
  expect([found.path, found.origin]).toEqual([`${folder}/set/a.txt`, folder]);
});

test("HEKLA_DATA_DIR where dataDir is not given", async () => {
  vi.stubEnv("HEKLA_DATA_DIR", folder);
  expect(text((await findFile(["b.txt"], { dataset: "demo" })).bytes)).toBe("flat");
});

test("another place instead of a folder", async () => {
  const place = {
    where: "memory",
    read: async (name: string) => (name === "x" ? Uint8Array.of(7) : undefined),
    write: async () => {},
  };
  expect(await findFile(["y", "x"], { dataset: "demo", dataDir: folder, place })).toEqual({
    bytes: Uint8Array.of(7),
    path: "memory/x",
    origin: "memory",
  });
});

test("a missing file: where it was looked for and what works without", async () => {
  const missing = findFile(["set/c.txt", "c.txt"], { dataset: "demo", dataDir: folder, twin: "madeUp()" });
  await expect(missing).rejects.toThrow(DataError);
  await expect(missing).rejects.toThrow(
    `demo: set/c.txt was not found, got no such file in ${folder}, expected set/c.txt or c.txt in the folder that ` +
      "dataDir or HEKLA_DATA_DIR names; madeUp() needs no file",
  );
});

test("no folder at all", async () => {
  vi.stubEnv("HEKLA_DATA_DIR", "");
  await expect(findFile(["c.txt"], { dataset: "demo" })).rejects.toThrow(
    "got no folder to look in: HEKLA_DATA_DIR is not set",
  );
});
