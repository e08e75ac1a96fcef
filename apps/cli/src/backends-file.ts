import { createHash } from "node:crypto";
import { cachePlace } from "@hekla/datasets";

/** Milliseconds a step of two backends. */
export interface BackendFigures {
  readonly wasm: number;
  readonly webgpu: number;
}

const fileName = "backends.json";

/**
 * What was measured before for the same work on the same machine. The choice between backends must not change with how
 * busy the machine is, or the same seed would come to other figures: it is made once, and kept.
 */
export async function keptFigures(work: object): Promise<BackendFigures | undefined> {
  const figures = (await readAll())[keyOf(work)];
  return Number.isFinite(figures?.wasm) && Number.isFinite(figures?.webgpu) ? figures : undefined;
}

/** Keeps figures for the next time; where nothing can be written, the next time measures again. */
export async function keepFigures(work: object, figures: BackendFigures): Promise<void> {
  const all = { ...(await readAll()), [keyOf(work)]: figures };
  const place = await cachePlace();
  await place?.write(fileName, new TextEncoder().encode(JSON.stringify(all, undefined, 1))).catch(() => {});
}

const keyOf = (work: object): string =>
  createHash("sha256").update(JSON.stringify(work)).digest("hex").slice(0, 16);

/** A file that is missing, or damaged, holds nothing. */
async function readAll(): Promise<Record<string, BackendFigures>> {
  try {
    const bytes = await (await cachePlace())?.read(fileName);
    const all: unknown = bytes && JSON.parse(new TextDecoder().decode(bytes));
    return typeof all === "object" && all !== null ? (all as Record<string, BackendFigures>) : {}; // cast: keepFigures
  } catch {
    return {};
  }
}
