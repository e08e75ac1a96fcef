interface ProcessLike {
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A variable of the process's environment; undefined in browsers. */
function variable(name: string): string | undefined {
  return (globalThis as { process?: ProcessLike }).process?.env?.[name];
}

/** Optimisations that can be turned off: `HEKLA_FUSE=0` and so on. */
export type Switch = "FUSE" | "ARENA" | "TUNED" | "COMPILE";

/** Whether a switch is on: all are, unless its variable (`HEKLA_FUSE`, ...) is 0. */
export const isOn = (name: Switch): boolean => variable(`HEKLA_${name}`) !== "0";

/** `HEKLA_DEBUG`: 1 plans, 2 time per step, 3 fused programs, 4 generated code, 5 nodes; 0 when not set. */
export const debugLevel = (): number => Number(variable("HEKLA_DEBUG") ?? 0) || 0;

/** Where dumps go: the standard error stream under Node, the console of a browser. */
export function debugLog(text: string): void {
  (globalThis as { console?: { error(text: string): void } }).console?.error(text);
}
