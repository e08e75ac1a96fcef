import { wasm } from "@hekla/kernels-wasm";
import { useBackend } from "@hekla/tensor";
import { digitFromImage } from "@hekla/zoo";
import type { Drawing, NetworkId, ReaderReport, ReaderRequest, Weights } from "./messages.js";
import { type OpenNetwork, openShipped, openTrained } from "./open-networks.js";

// One picture at a time is too little work for several threads.
const backend = useBackend(wasm({ threads: 1 }));
const networks = new Map<NetworkId, OpenNetwork>();

function tell(report: ReaderReport, transferred: Transferable[] = []): void {
  postMessage(report, { transfer: transferred });
}

function keep(id: NetworkId, network: OpenNetwork): void {
  networks.get(id)?.model.dispose();
  networks.set(id, network);
  tell({ kind: "network", network: id, layers: network.layers, parameters: network.parameters });
}

async function read(id: NetworkId, { data, width, height }: Drawing): Promise<void> {
  const network = networks.get(id);
  if (!network) throw new Error(`reader: no network ${id} is open`);
  const image = { data: Float32Array.from(data, (grey) => grey / 255), width, height };
  const picture = Float32Array.from(digitFromImage(image).data);
  const began = performance.now();
  const outputs = await network.model.predictAll({ data: picture, shape: [1, ...network.inputShape] });
  const milliseconds = performance.now() - began;
  const activations = outputs.map((output) => Float32Array.from(output.data));
  const buffers = [picture, ...activations].map(({ buffer }) => buffer);
  tell({ kind: "reading", network: id, picture, activations, milliseconds }, buffers);
}

async function answer(request: ReaderRequest): Promise<void> {
  await backend;
  switch (request.kind) {
    case "open":
      return keep(request.network, await openShipped(request.network));
    case "listen":
      request.port.onmessage = ({ data }: MessageEvent<Weights>) => {
        queue(async () => keep("trained", openTrained(data)));
      };
      return;
    case "read":
      return read(request.network, request.drawing);
  }
}

// One after the other: a network may be disposed only when it is not reading.
let last: Promise<void> = Promise.resolve();
function queue(work: () => Promise<void>): void {
  last = last.then(work).catch((error: Error) => tell({ kind: "failure", message: error.message }));
}

addEventListener("message", ({ data }: MessageEvent<ReaderRequest>) => queue(() => answer(data)));
