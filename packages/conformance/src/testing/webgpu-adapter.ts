import type { GpuSource } from "@hekla/kernels-webgpu";

/** Devices do not outlive the source that they come from. */
const kept: GpuSource[] = [];

/** The package is left out where it is not installed; not a literal, so that nothing has to find it before. */
const dawn = "webgpu";

/** A source of adapters with the given flags of Dawn. */
export async function dawnSource(flags: readonly string[] = []): Promise<GpuSource> {
  const { create } = (await import(dawn)) as { create(flags: readonly string[]): GpuSource };
  const source = create([...flags]);
  kept.push(source);
  return source;
}

/** Whether a driver gives Node an adapter, be it one of software. With `HEKLA_REQUIRE_GPU` set, one that does not is an error. */
export async function hasAdapter(): Promise<boolean> {
  let problem: unknown = "no adapter";
  try {
    if ((await (await dawnSource()).requestAdapter()) !== null) return true;
  } catch (error) {
    problem = error;
  }
  if (process.env["HEKLA_REQUIRE_GPU"]) throw new Error(`webgpu: a GPU is required, got ${String(problem)}`);
  return false;
}
