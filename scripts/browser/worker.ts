import { conform, train } from "./work.js";

const actions = { train, conform };

self.onmessage = async ({ data }: MessageEvent<{ action: keyof typeof actions; threads: number }>) => {
  try {
    const result = await actions[data.action](data.threads);
    postMessage({ result, isolated: crossOriginIsolated });
  } catch (error) {
    postMessage({ error: error instanceof Error ? `${error.stack}` : String(error) });
  }
};
