import type { Backend } from "@hekla/tensor";
import { webgpu } from "../create-webgpu.js";

/** The backend on whatever adapter there is, or undefined where there is none. */
export async function deviceIfAny(): Promise<Backend | undefined> {
  try {
    return await webgpu();
  } catch {
    return undefined;
  }
}
