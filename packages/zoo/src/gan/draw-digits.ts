import type { Model } from "@hekla/layers";
import { DataError, type HostArray } from "@hekla/tensor";
import type { PredictContext, Prediction } from "../model.js";
import { pictureGrid } from "../plots/picture-grid.js";
import { classShares, DigitScorer } from "./digit-scorer.js";
import type { DrawOptions, GanConfig } from "./gan.js";
import { drawPictures, latentPoints } from "./gan-film.js";
import { samplerOf } from "./gan-network.js";
import { latentWays } from "./latent-ways.js";

/** Latent points that are drawn at once, and most of them for a digit that is looked for. */
const chunk = 500;
const patience = 100;

interface Drawn {
  /** `[pictures, 28, 28]` */
  readonly pictures: HostArray;
  /** How the scorer reads each; without one nothing. */
  readonly classes?: readonly number[];
}

/** Digits of random latent points, all or those of one class, or ways between such points. */
export async function drawDigits(context: PredictContext<GanConfig, DrawOptions>): Promise<Prediction> {
  const { show, seed, digit, scorer: file } = context.options;
  const ways = show === "interpolation";
  if (digit >= 0 && (file === "" || ways)) {
    throw new DataError(
      `gan: digit ${digit} is to be drawn, got ${ways ? `show ${show}` : "no scorer"}, expected show samples and ` +
        "scorer, the file of a trained mnist-cnn",
    );
  }
  const scorer =
    file === "" ? undefined : await DigitScorer.make(context.data, { file, epochs: 1, limit: 0 });
  try {
    const { pictures, classes } = await (ways ? drawWays : drawSamples)(context, scorer);
    const count = pictures.shape[0]!;
    const title = ways ? "From one latent point to another, a row each" : "Drawn digits";
    const read = classes && classShares(Uint8Array.from(classes)).map((share) => Math.round(share * count));
    return {
      text:
        `${count} digits drawn from seed ${seed}` +
        (read ? `, read as ${read.map((number, at) => `${at}: ${number}`).join("  ")}` : ""),
      json: { show, seed, drawn: count, ...(classes && { classes }) },
      artifacts: [
        {
          name: `${show}.svg`,
          doc: ways ? "ways from one latent point to another" : "drawn digits",
          content: await pictureGrid({
            title,
            pictures,
            columns: ways ? 10 : Math.ceil(Math.sqrt(count)),
            scale: 2,
            ...(classes && { captions: classes.map(String) }),
          }),
        },
      ],
    };
  } finally {
    scorer?.dispose();
  }
}

type Draw = (
  context: PredictContext<GanConfig, DrawOptions>,
  scorer: DigitScorer | undefined,
) => Promise<Drawn>;

const drawWays: Draw = async ({ model, config, options }, scorer) => {
  const pictures = await drawPictures(
    samplerOf(model),
    latentWays(options.count, config.latent, options.seed),
  );
  return { pictures, ...(scorer && { classes: [...(await scorer.score(pictures)).classes] }) };
};

/** Draws until there are enough digits of the class that is wanted. */
const drawSamples: Draw = async ({ model, config, options: { count, digit, seed } }, scorer) => {
  const sampler: Model = samplerOf(model);
  const kept: Float32Array[] = [];
  const classes: number[] = [];
  const most = digit < 0 ? count : count * patience;
  for (let from = 0; from < most && kept.length < count; from += chunk) {
    const latents = latentPoints(Math.min(chunk, most - from), config.latent, seed, "draw", from / chunk);
    const drawn = await drawPictures(sampler, latents);
    const read = (await scorer?.score(drawn))?.classes;
    for (let row = 0; row < drawn.shape[0]! && kept.length < count; row++) {
      if (digit >= 0 && read?.[row] !== digit) continue;
      kept.push(Float32Array.from(drawn.data.subarray(row * 28 * 28, (row + 1) * 28 * 28)));
      if (read) classes.push(read[row]!);
    }
  }
  if (kept.length === 0) {
    throw new DataError(
      `gan: there is no ${digit} among ${most} drawn digits, got none, expected one; has the generator collapsed?`,
    );
  }
  const pictures = new Float32Array(kept.length * 28 * 28);
  kept.forEach((picture, at) => {
    pictures.set(picture, at * 28 * 28);
  });
  return { pictures: { data: pictures, shape: [kept.length, 28, 28] }, ...(scorer && { classes }) };
};
