import "./style.css";
import { buildControls, readControls } from "./controls.js";
import { CurveChart } from "./curve-chart.js";
import { showBars, showDigits } from "./digit-grid.js";
import { drawPad } from "./draw-pad.js";
import type { Report, Request } from "./messages.js";

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`page: no element #${id}`);
  return found as T; // cast: the page's own markup
}

const [form, button] = [element<HTMLFormElement>("settings"), element<HTMLButtonElement>("train")];
const [status, progress] = [element("status"), element<HTMLProgressElement>("progress")];
const [complaint, bars, verdict] = [element("complaint"), element("bars"), element("verdict")];
const loss = new CurveChart(element("loss"), (_, __, max) => [0, Math.max(max ?? 0, 0.1) * 1.05]);
const accuracy = new CurveChart(element("accuracy"), [0, 1]);
const worker = new Worker(new URL("./training-worker.ts", import.meta.url), { type: "module" });

let training = false;
let trained = false;
let lastLoss: number | undefined;
let steps = { epochs: 1, batches: 1 };

function ask(request: Request): void {
  worker.postMessage(request);
}

function setTraining(on: boolean): void {
  training = on;
  button.textContent = on ? "Stop" : trained ? "Train again" : "Train";
  document.body.dataset["state"] = on ? "training" : trained ? "trained" : "idle";
}

function complain(message: string | undefined): void {
  complaint.hidden = message === undefined;
  complaint.textContent = message ?? "";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  complain(undefined);
  if (training) {
    ask({ kind: "stop" });
    return;
  }
  try {
    ask({ kind: "train", config: readControls(form) });
    setTraining(true);
    status.textContent = "Drawing digits…";
  } catch (error) {
    complain((error as Error).message);
  }
});

const reports: { readonly [K in Report["kind"]]: (report: Extract<Report, { kind: K }>) => void } = {
  ready({ backend, threads }) {
    const alone = crossOriginIsolated ? "" : " (the page is not cross-origin isolated)";
    element("machine").textContent = `${backend}, ${threads} ${threads === 1 ? "thread" : "threads"}${alone}`;
    button.disabled = false;
  },
  begin({ epochs, batches, trainSamples }) {
    steps = { epochs, batches };
    loss.begin(epochs);
    accuracy.begin(epochs);
    status.textContent = `Learning from ${trainSamples} digits…`;
  },
  step({ epoch, batch, secondsPerStep, figures }) {
    const at = epoch + (batch + 1) / steps.batches;
    progress.value = at / steps.epochs;
    // The figures are read from the device now and then: between two readings there is nothing new to draw.
    if (figures["loss"] !== lastLoss) {
      loss.add(at, figures["loss"]);
      accuracy.add(at, figures["accuracy"]);
    }
    lastLoss = figures["loss"];
    const left = secondsPerStep * steps.batches * (steps.epochs - at);
    status.textContent =
      `Epoch ${epoch + 1} of ${steps.epochs} · ${(1000 * secondsPerStep).toFixed(1)} ms a step · ` +
      `loss ${figures["loss"]?.toFixed(3)} · about ${Math.ceil(left)} s left`;
  },
  epoch({ epoch, figures }) {
    progress.value = (epoch + 1) / steps.epochs;
    loss.add(epoch + 1, figures["loss"], figures["val_loss"]);
    accuracy.add(epoch + 1, figures["accuracy"], figures["val_accuracy"]);
  },
  digits(report) {
    const right = showDigits(element("digits"), report);
    element("score").textContent = `${right} of ${report.truths.length} read right`;
  },
  end({ test, seconds, stopped }) {
    trained = true;
    setTraining(false);
    const accuracyText = `${(100 * (test["accuracy"] ?? 0)).toFixed(1)} %`;
    status.textContent =
      `${stopped ? "Stopped" : "Done"} after ${seconds.toFixed(1)} s: ` +
      `reads ${accuracyText} of 1000 unseen digits, loss ${test["loss"]?.toFixed(3)}.`;
    verdict.textContent = "Now draw a digit above.";
  },
  reading({ probabilities }) {
    showBars(bars, probabilities);
    const shares = Array.from(probabilities);
    const best = shares.indexOf(Math.max(...shares));
    verdict.textContent = `The network reads a ${best}.`;
  },
  failure({ message }) {
    setTraining(false);
    complain(message);
    status.textContent = "Training failed.";
  },
};

worker.addEventListener("message", ({ data }: MessageEvent<Report>) => {
  (reports[data.kind] as (report: Report) => void)(data); // cast: the table pairs kinds with their reports
});
worker.addEventListener("error", ({ message }) => complain(message || "The worker did not start."));

buildControls(element("controls"));
showBars(bars, undefined);
setTraining(false);
const pad = drawPad(element<HTMLCanvasElement>("pad"), (picture) => {
  if (picture && trained) ask({ kind: "read", picture });
  if (!picture) showBars(bars, undefined);
});
element("clear").addEventListener("click", () => pad.clear());
