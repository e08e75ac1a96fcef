import { encodePng } from "@hekla/layers";
import { DataError, type HostArray } from "@hekla/tensor";
import { element, label, picture, pngAddress, textWidth } from "./svg.js";

export interface PictureGrid {
  readonly title: string;
  /**
   * `[pictures, height, width]` grey or `[pictures, height, width, 3]` RGB, of values 0 to 1; beyond it,
   * cut.
   */
  readonly pictures: HostArray;
  /** Pictures in a row. */
  readonly columns: number;
  readonly rowLabels?: readonly string[];
  /** Text above each column. */
  readonly columnLabels?: readonly string[];
  /** Text below each picture. */
  readonly captions?: readonly string[];
  /** Screen pixels a picture's pixel. Default: as many as make pictures about 64 wide. */
  readonly scale?: number;
}

/**
 * Pictures in rows, as SVG around a PNG.
 * @throws DataError if the pictures have another shape
 */
export async function pictureGrid(grid: PictureGrid): Promise<string> {
  const { title, pictures, columns, rowLabels = [], columnLabels, captions } = grid;
  const [count = 0, height = 0, width = 0, channels = 1] = pictures.shape;
  const known = pictures.shape.length === 3 || (pictures.shape.length === 4 && channels === 3);
  if (!known || count * height * width === 0 || !(columns >= 1)) {
    throw new DataError(
      `pictureGrid: pictures do not fit, got [${pictures.shape}] in ${columns} columns, ` +
        "expected [pictures, height, width] or [pictures, height, width, 3]",
    );
  }
  const scale = grid.scale ?? Math.max(1, Math.round(64 / width));
  const gap = 6;
  const captionRoom = captions ? 16 : 0;
  const size = { width: width * scale, height: height * scale };
  const left = 16 + Math.max(0, ...rowLabels.map((name) => textWidth(name) + 10));
  const top = columnLabels ? 58 : 42;
  const at = (index: number) => ({
    x: left + (index % columns) * (size.width + gap),
    y: top + Math.floor(index / columns) * (size.height + gap + captionRoom),
  });
  const rows = Math.ceil(count / columns);
  const content = [label(title, { class: "title", x: 16, y: 26 })];
  columnLabels?.forEach((name, column) => {
    const x = at(column).x + size.width / 2;
    content.push(label(name, { class: "quiet", x, y: top - 6, "text-anchor": "middle" }));
  });
  rowLabels.forEach((name, row) => {
    const y = at(row * columns).y + size.height / 2 + 4;
    content.push(label(name, { x: left - 10, y, "text-anchor": "end" }));
  });
  const length = height * width * channels;
  for (let index = 0; index < count; index++) {
    const pixels = Uint8Array.from({ length }, (_, k) =>
      Math.round(Math.min(Math.max(pictures.data[index * length + k]!, 0), 1) * 255),
    );
    const href = pngAddress(await encodePng(pixels, height, width, channels));
    const place = at(index);
    content.push(element("image", { ...place, ...size, href }));
    const caption = captions?.[index];
    if (caption !== undefined) {
      const [x, y] = [place.x + size.width / 2, place.y + size.height + 13];
      content.push(label(caption, { class: "quiet", x, y, "text-anchor": "middle" }));
    }
  }
  const total = {
    width: Math.ceil(Math.max(at(columns - 1).x + size.width + 16, textWidth(title) * 1.4 + 32)),
    height: top + rows * (size.height + gap + captionRoom) + 10,
  };
  return picture(total, title, content);
}
