import type { Backend } from "@hekla/tensor";

export interface RecoveryOptions {
  /** Whether what was computed outlives the loss of the device; costs a copy of all device memory now and then. Default true. */
  readonly recover?: boolean;
  /** A backend to go on with when no device comes back. */
  readonly fallback?: () => Backend | Promise<Backend>;
}
