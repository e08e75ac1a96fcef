import type { Backend, DeviceInfo } from "@hekla/tensor";

/** The backend that computes, and how it came to that. */
export interface OpenBackend {
  readonly backend: Backend;
  readonly name: string;
  readonly threads: number;
  /** The name of a GPU. */
  readonly device?: string;
  /** Why it is this one, where it was not asked for by name. */
  readonly reason?: string;
  close(): Promise<void>;
}

/** "NVIDIA H100", "SwiftShader, software". */
export const deviceText = ({ name, software }: DeviceInfo): string => (software ? `${name}, software` : name);

/** Threads of a backend. */
export const threadsOf = (backend: Backend): number => (backend as { threads?: number }).threads ?? 1; // cast: wasm tells, the interface does not

/** What computes, in words: "wasm, 2 threads", "webgpu (SwiftShader, software)". */
export function backendText(backend: Backend): string {
  if (backend.device) return `${backend.name} (${deviceText(backend.device)})`;
  const threads = threadsOf(backend);
  return `${backend.name}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
}

/** What computed, as reports keep it. */
export function backendReport({ name, threads, device, reason }: OpenBackend) {
  return { name, threads, ...(device !== undefined && { device }), ...(reason !== undefined && { reason }) };
}
