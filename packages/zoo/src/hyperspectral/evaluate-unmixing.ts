import type { HyperspectralScene } from "@hekla/datasets";
import type { HostArray } from "@hekla/tensor";
import type { EvaluateContext, EvaluateOutcome } from "../model.js";
import { constrainedLeastSquares } from "./constrained-least-squares.js";
import type { HyperspectralConfig } from "./hyperspectral-config.js";
import { endmembersOf } from "./hyperspectral-network.js";
import { meanAngle, restoreScene } from "./restored-scene.js";
import { loadScene } from "./scene-data.js";
import { abundanceMaps, endmemberChart, endmemberTable } from "./unmixing-pictures.js";
import { scoreUnmixing, type UnmixingScore } from "./unmixing-score.js";
import { vertexComponents } from "./vertex-components.js";

/**
 * Endmembers and abundances of the scene against its reference, beside what vertex component analysis of the same seed, whose
 * endmembers training began with, comes to with fully constrained least squares.
 */
export async function evaluateUnmixing({
  data,
  model,
  config,
}: EvaluateContext<HyperspectralConfig>): Promise<EvaluateOutcome> {
  const scene = await loadScene(data, config);
  const started = performance.now();
  const { codes, restored } = await restoreScene(model, scene, config);
  const seconds = (performance.now() - started) / 1000;
  const kernel = endmembersOf(model);
  const endmembers: HostArray = { data: await kernel.data(), shape: kernel.shape };
  const learnt = scoreUnmixing(endmembers, codes, scene);
  const vertices = vertexComponents(scene.pixels, config.endmembers, config.seed);
  const leastSquares = constrainedLeastSquares(scene.pixels, vertices);
  const plain = scoreUnmixing(vertices, leastSquares, scene);
  const { materials, wavelengths } = scene;
  const title = `Endmembers, mean angle to the references ${learnt.meanAngle.toFixed(3)} rad`;
  return {
    source: scene.source,
    samples: codes.length / config.endmembers,
    metrics: {
      angle: learnt.meanAngle,
      abundanceError: learnt.error,
      ...Object.fromEntries(
        learnt.angles.map((angle, m) => [`angle_${materials[m]!.replace(" ", "_")}`, angle]),
      ),
      pixelAngle: meanAngle(scene.pixels, restored),
      vertexAngle: plain.meanAngle,
      vertexAbundanceError: plain.error,
    },
    seconds,
    text: tableOf(scene, learnt, plain),
    artifacts: [
      endmemberChart(title, wavelengths, materials, endmembers, learnt.match, scene.endmembers),
      await abundanceMaps(`Abundances, error ${learnt.error.toFixed(3)}`, scene, materials, [
        { label: "learnt", shares: codes, order: learnt.match },
        { label: "reference", shares: scene.abundances.data },
        { label: "least squares", shares: leastSquares, order: plain.match },
      ]),
      endmemberTable(wavelengths, materials, endmembers, learnt.match, scene.endmembers),
    ],
  };
}

function tableOf({ materials }: HyperspectralScene, learnt: UnmixingScore, plain: UnmixingScore): string {
  const row = (name: string, values: readonly (number | string)[]) =>
    name.padEnd(14) +
    values.map((value) => (typeof value === "number" ? value.toFixed(4) : value).padStart(13)).join("");
  return [
    "                 angle to reference, rad    error of abundances",
    row("", ["learnt", "vertices", "learnt", "vertices"]),
    ...materials.map((name, m) =>
      row(name, [learnt.angles[m]!, plain.angles[m]!, learnt.errors[m]!, plain.errors[m]!]),
    ),
    row("all", [learnt.meanAngle, plain.meanAngle, learnt.error, plain.error]),
    "vertices: vertex component analysis with fully constrained least squares",
  ].join("\n");
}
