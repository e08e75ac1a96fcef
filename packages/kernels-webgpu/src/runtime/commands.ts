import type { Dtype, StorageArray } from "@hekla/tensor";
import type { Region } from "./heap.js";
import type { PlanExecutable } from "./plan-executable.js";

/** Elements of a tensor in device memory. */
export interface Stored {
  readonly region: Region;
  readonly size: number;
  readonly dtype: Dtype;
}

/** What a plan is bound to in one run. */
export interface BoundInput extends Stored {
  /** Values to bring there first. */
  readonly data?: StorageArray;
  /** Memory to copy from first: a tensor that is bound twice. */
  readonly from?: Region;
}

/** Whatever changes device memory. Doing the same commands on the same memory gives the same bits again. */
export type Command =
  | {
      readonly kind: "run";
      readonly executable: PlanExecutable;
      readonly inputs: readonly BoundInput[];
      readonly outputs: readonly Stored[];
    }
  | { readonly kind: "allocate"; readonly to: Stored }
  | { readonly kind: "write"; readonly to: Stored; readonly data: StorageArray }
  | { readonly kind: "copy"; readonly to: Stored; readonly from: Stored };

/** Host memory that a command holds on to. */
export function bytesHeld(command: Command): number {
  if (command.kind === "write") return command.data.byteLength;
  if (command.kind !== "run") return 0;
  return command.inputs.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), 0);
}
