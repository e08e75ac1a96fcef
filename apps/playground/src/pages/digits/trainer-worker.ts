import { type Backend, useBackend } from "@hekla/tensor";
import { hardwareOf, openBackend } from "../../backends.js";
import type { TrainerReport, TrainerRequest } from "./messages.js";

// A worker for each work: what it holds of memory and devices goes with it.
const stopping = new AbortController();

function tell(report: TrainerReport): void {
  postMessage(report);
}

async function work(request: Exclude<TrainerRequest, { kind: "stop" }>): Promise<void> {
  let backend: Backend;
  try {
    backend = await useBackend(openBackend(request.backend));
  } catch (error) {
    tell({ kind: "refused", reason: error instanceof Error ? error.message : String(error) });
    return;
  }
  tell({ kind: "backend", hardware: hardwareOf(backend) });
  if (request.kind === "probe") return;
  const { model, config: settings, reader } = request;
  const training = { model, settings, signal: stopping.signal, tell, reader };
  if (request.kind === "time") {
    const { timeSteps } = await import("./time-steps.js");
    await timeSteps(training);
  } else {
    const { trainDigits } = await import("./train-digits.js");
    await trainDigits(training);
  }
}

addEventListener("message", ({ data }: MessageEvent<TrainerRequest>) => {
  if (data.kind === "stop") {
    stopping.abort();
    return;
  }
  work(data).then(
    () => tell({ kind: "done" }),
    (error: Error) => tell({ kind: "failure", message: error.message }),
  );
});
