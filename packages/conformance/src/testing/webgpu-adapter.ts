import type { GpuSource } from "@hekla/kernels-webgpu";

/** The package is left out where it is not installed; not a literal, so that nothing has to find it before. */
const dawn = "webgpu";

/** A source of adapters with the given flags of Dawn. Kept: its devices do not outlive it. */
export async function dawnSource(flags: readonly string[] = []): Promise<GpuSource> {
  const { create } = (await import(dawn)) as { create(flags: readonly string[]): GpuSource };
  const source = create([...flags]);
  kept.push(source);
  return source;
}

const kept: GpuSource[] = [];

/** Whether a driver gives Node an adapter, be it one of software. */
export async function hasAdapter(): Promise<boolean> {
  try {
    return (await (await dawnSource()).requestAdapter()) !== null;
  } catch {
    return false;
  }
}
