import {
  type EnviImage,
  type HyperspectralScene,
  type MatArray,
  type MatValue,
  readEnvi,
  readMat,
} from "@hekla/datasets";
import { DataError } from "@hekla/tensor";
import type { InputFile } from "../model.js";

/** A scene to be unmixed: pixels row after row of the picture. */
export type GivenScene = Pick<HyperspectralScene, "pixels" | "height" | "width" | "source"> & {
  /** Where the file tells them, in its units. */
  readonly wavelengths?: ArrayLike<number>;
};

/**
 * Reads a scene of spectra. From a MAT-file of level 5: `Y` `[bands, pixels]` with `lines` and `cols`, whose pixels go down the
 * columns of the picture, as files of the unmixing literature have them; or else its one array of three axes, `[height, width,
 * bands]`. From an ENVI header (`.hdr`): the picture whose data lie beside it under the same name, without an ending or with
 * `.img`, `.dat`, `.raw`, `.bsq`, `.bil`, `.bip`; values are divided by `reflectance scale factor`, if there is one.
 *
 * @throws DataError that names the file, if it is neither, of another version, cut short or damaged, or holds a value that is not
 * finite
 */
export async function readScene(file: InputFile): Promise<GivenScene> {
  const header = new TextDecoder("latin1").decode(file.bytes.subarray(0, 4));
  const scene = header === "ENVI" ? await enviScene(file) : await matScene(file);
  const { data } = scene.pixels;
  const [, bands = 0] = scene.pixels.shape;
  for (let at = 0; at < data.length; at++) {
    if (Number.isFinite(data[at])) continue;
    const pixel = Math.floor(at / bands);
    throw new DataError(
      `${file.name}: a spectrum is not finite, got ${data[at]} in band ${at % bands} of the pixel in row ` +
        `${Math.floor(pixel / scene.width)}, column ${pixel % scene.width}, expected numbers`,
    );
  }
  return scene;
}

async function matScene({ name, bytes }: InputFile): Promise<GivenScene> {
  const variables = await readMat(bytes, { name });
  const spectra = variables.get("Y");
  if (spectra) return columnsScene(numeric(spectra, `${name}: Y`), variables, name);
  const cubes = [...variables].filter(([, { shape }]) => shape.length === 3);
  const [[variable, value] = ["", undefined]] = cubes;
  if (cubes.length !== 1 || !value) {
    const got = [...variables].map(([own, { shape }]) => `${own} [${shape}]`).join(", ") || "nothing";
    throw new DataError(
      `${name}: no scene in it, got ${got}, expected Y [bands, pixels] or one [height, width, bands]`,
    );
  }
  const { data, shape } = numeric(value, `${name}: ${variable}`);
  const [height = 0, width = 0, bands = 0] = shape;
  return {
    pixels: { data: Float32Array.from(data, Number), shape: [height * width, bands] },
    height,
    width,
    source: name,
  };
}

function columnsScene(
  { data, shape }: MatArray,
  variables: ReadonlyMap<string, MatValue>,
  name: string,
): GivenScene {
  const [bands = 0, count = 0] = shape;
  const size = (variable: string): number => {
    const value = variables.get(variable);
    if (!value) throw new DataError(`${name}: has Y without ${variable}, expected the size of the picture`);
    return Number(numeric(value, `${name}: ${variable}`).data[0]);
  };
  const [height, width] = [size("lines"), size("cols")];
  if (shape.length !== 2 || height * width !== count) {
    throw new DataError(
      `${name}: Y does not fit, got [${shape}], expected [bands, ${height * width}] for ${height} lines of ${width}`,
    );
  }
  const pixels = new Float32Array(count * bands);
  for (let pixel = 0; pixel < count; pixel++) {
    const from = (pixel % width) * height + Math.floor(pixel / width);
    for (let band = 0; band < bands; band++) pixels[pixel * bands + band] = Number(data[band * count + from]);
  }
  return { pixels: { data: pixels, shape: [count, bands] }, height, width, source: name };
}

function numeric(value: MatValue, where: string): MatArray {
  if (value.class !== "char") return value;
  throw new DataError(`${where} is no array of numbers, got char, expected numbers`);
}

async function enviScene({ name, bytes, beside }: InputFile): Promise<GivenScene> {
  const stem = name.replace(/^.*[/\\]/, "").replace(/\.hdr$/i, "");
  const names = ["", ".img", ".dat", ".raw", ".bsq", ".bil", ".bip"].map((ending) => stem + ending);
  let data: Uint8Array | undefined;
  for (const candidate of names) data ??= await beside?.(candidate);
  if (!data)
    throw new DataError(`${name}: its data are not there, expected one of ${names.join(", ")} beside it`);
  const image = readEnvi(bytes, data, { name });
  const [height, width, bands] = image.shape;
  const factor = scaleOf(image, name);
  return {
    pixels: {
      data: Float32Array.from(image.data as ArrayLike<number | bigint>, (value) => Number(value) / factor),
      shape: [height * width, bands],
    },
    height,
    width,
    source: name,
    ...(image.wavelengths && { wavelengths: image.wavelengths }),
  };
}

function scaleOf({ fields }: EnviImage, name: string): number {
  const field = fields.get("reflectance scale factor") ?? "1";
  if (Number(field) > 0) return Number(field);
  throw new DataError(
    `${name}: has a bad "reflectance scale factor", got ${field}, expected a number above 0`,
  );
}
