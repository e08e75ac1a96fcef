import type { Share } from "./conformance.js";
import { conform, train } from "./webgpu-work.js";

const actions = { conform, train };

self.onmessage = async ({ data }: MessageEvent<{ action: keyof typeof actions } & Share>) => {
  try {
    postMessage({ result: await actions[data.action](data) });
  } catch (error) {
    postMessage({ error: error instanceof Error ? `${error.stack}` : String(error) });
  }
};
