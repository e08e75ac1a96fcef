import type { Share } from "./conformance.js";
import { agree, conform, leak, lose, train } from "./gpujs-work.js";

const actions = { agree, conform, leak, lose, train };

self.onmessage = async ({ data }: MessageEvent<{ action: keyof typeof actions } & Share>) => {
  try {
    // cast: not in all types
    const { gpu } = navigator as { readonly gpu?: { requestAdapter(): Promise<unknown> } };
    const adapter = (await gpu?.requestAdapter().catch(() => null)) ?? null;
    postMessage({ result: await actions[data.action]("webgl2", data), hasWebGpu: adapter !== null });
  } catch (error) {
    postMessage({ error: error instanceof Error ? `${error.stack}` : String(error) });
  }
};
