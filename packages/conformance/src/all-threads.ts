import type { Backend } from "@hekla/tensor";

/** What the wasm backend has besides: its threads join when they have started, and nobody waits for them. */
interface Threaded extends Backend {
  allThreads(): Promise<void>;
}

/** The wasm backend once all of its threads take part, so that a test is one of so many threads from its start. */
export async function withAllThreads(backend: Promise<Backend>): Promise<Backend> {
  const threaded = (await backend) as Threaded; // cast: `wasm()` gives its users a Backend
  await threaded.allThreads();
  return threaded;
}
