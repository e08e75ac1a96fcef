import { DataError } from "@hekla/tensor";
import { element, label, picture } from "../../plots/svg.js";
import { type EpisodeRecording, episodeFrame } from "./episode-recording.js";
import { channelColor, emptyColor } from "./grid-colors.js";
import { type Moved, type Scene, scenes } from "./scene.js";

const left = 16;
const top = 62;
/** Pixels of a cell of a game on a grid. */
const cellSize = 24;
/** Frames to draw, and what moves them: nothing for a still picture. */
interface Timing {
  readonly seconds: number;
  /** Share of the whole time, one a frame, at which it begins. */
  readonly begins: readonly number[];
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);
const share = (value: number): string => String(Math.round(value * 1e5) / 1e5);

/** Angles without jumps of a full turn, so that what lies between two frames can be drawn. */
function unwrapped(angles: readonly (readonly number[])[]): number[][] {
  let turns = 0;
  return angles.map(([angle = 0], frame) => {
    const before = angles[frame - 1]?.[0] ?? angle;
    if (angle - before > 180) turns -= 360;
    else if (before - angle > 180) turns += 360;
    return [angle + turns];
  });
}

function drawMoved(moved: Moved, frames: readonly Float32Array[], timing: Timing | undefined): string {
  const amounts = frames.map((frame) => moved.amount(frame));
  const smooth = moved.by === "rotate" ? unwrapped(amounts) : amounts;
  const values = smooth.map((amount) => amount.map(rounded).join(" "));
  const still = values.every((value) => value === values[0]);
  const content = moved.content.map((part) => drawPart(part, frames, timing));
  if (timing && !still) {
    content.unshift(
      element("animateTransform", {
        attributeName: "transform",
        type: moved.by,
        dur: `${rounded(timing.seconds)}s`,
        repeatCount: "indefinite",
        values: [...values, values.at(-1)!].join(";"),
        keyTimes: [...timing.begins.map(share), "1"].join(";"),
      }),
    );
  }
  return `<g transform="${moved.by}(${values[0]})">${content.join("")}</g>`;
}

function drawPart(part: string | Moved, frames: readonly Float32Array[], timing: Timing | undefined): string {
  return typeof part === "string" ? part : drawMoved(part, frames, timing);
}

/** A cell shows the last channel that is set in it, as MinAtar's own pictures do. */
function cellColor(environment: string, frame: Float32Array, cell: number, cells: number): string {
  let color = emptyColor;
  for (let channel = 0; channel * cells < frame.length; channel++) {
    if (frame[channel * cells + cell] === 1) color = channelColor(environment, channel);
  }
  return color;
}

function drawGrid(
  { environment, observationShape: [, height = 0, width = 0] }: EpisodeRecording,
  frames: readonly Float32Array[],
  timing: Timing | undefined,
): Scene {
  const size = { width: width * cellSize, height: height * cellSize };
  const content = [element("rect", { ...size, fill: emptyColor })];
  for (let cell = 0; cell < width * height; cell++) {
    const colors = frames.map((frame) => cellColor(environment, frame, cell, width * height));
    // Only changes are written down.
    const changes = colors.map((_, frame) => frame).filter((k) => k === 0 || colors[k] !== colors[k - 1]);
    if (changes.length === 1 && colors[0] === emptyColor) continue;
    const place = { x: (cell % width) * cellSize, y: Math.floor(cell / width) * cellSize };
    const rect = { ...place, width: cellSize - 1, height: cellSize - 1, fill: colors[0]! };
    if (!timing || changes.length === 1) {
      content.push(element("rect", rect));
      continue;
    }
    const animate = element("animate", {
      attributeName: "fill",
      calcMode: "discrete",
      dur: `${rounded(timing.seconds)}s`,
      repeatCount: "indefinite",
      values: changes.map((frame) => colors[frame]).join(";"),
      keyTimes: changes.map((frame) => share(timing.begins[frame]!)).join(";"),
    });
    content.push(element("rect", rect).replace("/>", `>${animate}</rect>`));
  }
  return { ...size, content };
}

function draw(recording: EpisodeRecording, chosen: readonly number[], timing?: Timing): string {
  const { environment, observationShape } = recording;
  const frames = chosen.map((frame) => episodeFrame(recording, frame));
  const scene = observationShape.length === 3 ? drawGrid(recording, frames, timing) : scenes[environment]?.();
  if (!scene) {
    throw new DataError(
      `episode: no way to draw it, got environment ${JSON.stringify(environment)} with observations ` +
        `[${observationShape}], expected ${Object.keys(scenes).join(", ")} ` +
        "or a grid [channels, height, width]",
    );
  }
  const story = `return ${rounded(recording.return)} in ${recording.actions.length} steps`;
  const content = scene.content.map((part) => drawPart(part, frames, timing));
  // What leaves the field is not drawn.
  const field = { width: scene.width, height: scene.height };
  return picture(
    { width: scene.width + 2 * left, height: scene.height + top + 16 },
    `${environment}: ${story}`,
    [
      label(environment, { class: "title", x: left, y: 27 }),
      label(story, { class: "quiet", x: left, y: 48 }),
      `<svg x="${left}" y="${top}" width="${field.width}" height="${field.height}">`,
      ...content,
      "</svg>",
    ],
  );
}

/**
 * One frame of an episode as SVG.
 * @throws DataError if there is no such frame, or no way to draw its environment
 */
export function episodePicture(recording: EpisodeRecording, frame: number): string {
  return draw(recording, [frame]);
}

/** How an episode is shown. */
export interface EpisodeAnimationOptions {
  /** Frames a second. Default: the environment's. */
  readonly framesPerSecond?: number;
  /** Shows the first so many frames. Default: all. */
  readonly mostFrames?: number;
  /** Seconds that the last frame stays before all begins again. Default 1. */
  readonly pause?: number;
}

/**
 * An episode as an SVG that moves by itself, again and again, wherever browsers show pictures; without
 * animation it shows the first frame.
 *
 * @throws DataError if there is no way to draw its environment, or an option is not above 0
 * Source: W3C, SVG 1.1, section 19 (animation elements of SMIL).
 */
export function episodeAnimation(recording: EpisodeRecording, options: EpisodeAnimationOptions = {}): string {
  const {
    framesPerSecond = recording.framesPerSecond,
    mostFrames = Number.POSITIVE_INFINITY,
    pause = 1,
  } = options;
  for (const [name, value] of Object.entries({ framesPerSecond, mostFrames, pause })) {
    if (!(value > 0))
      throw new DataError(`episodeAnimation: ${name} is wrong, got ${value}, expected more than 0`);
  }
  const count = Math.min(recording.frames.length, Math.ceil(mostFrames));
  const seconds = (count - 1) / framesPerSecond + pause;
  const chosen = Array.from({ length: count }, (_, frame) => frame);
  return draw(recording, chosen, {
    seconds,
    begins: chosen.map((frame) => frame / framesPerSecond / seconds),
  });
}
