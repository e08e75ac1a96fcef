/** Attributes of an element; numbers are rounded to a hundredth of a pixel. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Text as it may stand in an element or attribute; what XML cannot hold at all becomes U+FFFD. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function attributeText(attributes: Attributes): string {
  const write = ([name, value]: [string, string | number]) =>
    ` ${name}="${typeof value === "number" ? String(Math.round(value * 100) / 100) : escapeText(value)}"`;
  return Object.entries(attributes).map(write).join("");
}

/** An element without content. */
export function element(name: string, attributes: Attributes): string {
  return `<${name}${attributeText(attributes)}/>`;
}

/** A line of text. */
export function label(content: string, attributes: Attributes): string {
  return `<text${attributeText(attributes)}>${escapeText(content)}</text>`;
}

/** Pixels that a text is about wide; without a font to measure with, an average. */
export function textWidth(content: string): number {
  return [...content].length * 6.8;
}

/** Series are told apart by this many colors. */
export const seriesColors = 6;

// Colors that differ for the color-blind too (Okabe and Ito 2008), in two strengths for the two grounds.
const style = `
  .plot { --ground: #ffffff; --ink: #1f2328; --quiet: #59636e; --grid: #e3e7ec; --edge: #d0d7de;
    --c0: #0072b2; --c1: #d55e00; --c2: #007a5a; --c3: #a8518a; --c4: #8a6d00; --c5: #57606a; }
  @media (prefers-color-scheme: dark) {
    .plot { --ground: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --grid: #2b323b; --edge: #30363d;
      --c0: #4aa8e0; --c1: #ff8a3d; --c2: #2fbf95; --c3: #d98bc0; --c4: #d8b430; --c5: #aab4be; }
  }
  .plot .ground { fill: var(--ground); stroke: var(--edge); }
  .plot text { fill: var(--ink); font: 12px system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
  .plot text.title { font-size: 15px; font-weight: 600; }
  .plot text.quiet { fill: var(--quiet); }
  .plot .grid { stroke: var(--grid); }
  .plot .frame { fill: none; stroke: var(--edge); }
  .plot .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
  .plot .mark { fill: none; stroke-width: 1.8; }
  .plot image { image-rendering: pixelated; }
${Array.from({ length: seriesColors }, (_, k) => `  .plot .s${k} { stroke: var(--c${k}); }`).join("\n")}
`;

/** A whole picture on a ground of its own, so that it can be read on any page, light or dark. */
export function picture(
  size: { readonly width: number; readonly height: number },
  description: string,
  content: readonly string[],
): string {
  const { width, height } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="plot" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(description)}">`,
    `<style>${style}</style>`,
    element("rect", { class: "ground", x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 6 }),
    ...content,
    "</svg>",
    "",
  ].join("\n");
}

/** A PNG as the address of an image. */
export function pngAddress(png: Uint8Array): string {
  let binary = "";
  for (const byte of png) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}
