interface NodeLike {
  readonly versions?: { readonly node?: string };
}

/** Node's version, first part; undefined elsewhere. */
export function nodeMajor(): number | undefined {
  const version = (globalThis as { process?: NodeLike }).process?.versions?.node;
  return version === undefined ? undefined : Number(version.split(".")[0]);
}

/** A module of Node. Not a literal import: bundlers for browsers would look for it. */
export const importNode = <T>(name: string): Promise<T> =>
  import(/* @vite-ignore */ /* webpackIgnore: true */ `node:${name}`);

/** A page's main thread may not wait, so it runs alone; a worker of the page may have threads. */
export function mayWait(): boolean {
  return nodeMajor() !== undefined || typeof (globalThis as { document?: unknown }).document === "undefined";
}

/** True where memory can be shared with workers (in browsers: in cross-origin isolated pages). */
export function canShare(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated ?? true;
}

/** Threads that make sense here. More than 16 seldom pay for their barriers. */
export async function availableThreads(): Promise<number> {
  let count = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency;
  if (nodeMajor() !== undefined) {
    const os = await importNode<typeof import("node:os")>("os");
    count = os.availableParallelism();
  }
  return Math.min(Math.max(count ?? 1, 1), 16);
}

/**
 * Relaxed SIMD stands behind a flag in Node 20 (and only there may the flag be set: later it is unknown).
 */
export const relaxedSimdNeedsFlag = (): boolean => nodeMajor() === 20;

export async function allowRelaxedSimd(): Promise<void> {
  const v8 = await importNode<typeof import("node:v8")>("v8");
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
}
