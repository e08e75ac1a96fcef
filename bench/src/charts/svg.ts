/** Attributes of an element; numbers are rounded to a tenth of a pixel. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Text as it may stand in an element or attribute. */
export function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function attributeText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => {
      const text = typeof value === "number" ? String(Math.round(value * 10) / 10) : escapeText(value);
      return ` ${name}="${text}"`;
    })
    .join("");
}

/** An element without content. */
export function element(name: string, attributes: Attributes): string {
  return `<${name}${attributeText(attributes)}/>`;
}

/** A line of text. */
export function text(content: string, attributes: Attributes): string {
  return `<text${attributeText(attributes)}>${escapeText(content)}</text>`;
}

/** Series are told apart by color and by the shape of their points. */
export const SERIES_COUNT = 4;

// Colors that differ for the color-blind too (Okabe and Ito 2008), in two strengths for the two grounds.
const STYLE = `
  svg { --ground: #ffffff; }
  .ground { fill: var(--ground); stroke: #d0d7de; }
  text { fill: #1f2328; font: 12px system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
  .title { font-size: 15px; font-weight: 600; }
  .heading { font-weight: 600; paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
  .quiet { fill: #59636e; }
  .grid { stroke: #d9dee4; }
  .base { stroke: #1f2328; }
  .bar { fill: #0072b2; }
  .bar.marked { fill: #d55e00; }
  .line { fill: none; stroke-width: 2; }
  .s0 { --c: #d55e00; } .s1 { --c: #0072b2; } .s2 { --c: #007a5a; } .s3 { --c: #a8518a; }
  .line.s0, .line.s1, .line.s2, .line.s3 { stroke: var(--c); }
  .point { fill: var(--c); }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; }
    .ground { stroke: #30363d; }
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
    .grid { stroke: #2b323b; }
    .base { stroke: #e6edf3; }
    .bar { fill: #4aa8e0; }
    .bar.marked { fill: #ff8a3d; }
    .s0 { --c: #ff8a3d; } .s1 { --c: #4aa8e0; } .s2 { --c: #2fbf95; } .s3 { --c: #d98bc0; }
  }
`;

/**
 * A whole picture on a ground of its own, so that it can be read on any page; `description` is for those
 * who hear it.
 */
export function picture(
  width: number,
  height: number,
  description: string,
  content: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ` +
      `${height}" ` +
      `role="img" aria-label="${escapeText(description)}">`,
    `<style>${STYLE}</style>`,
    element("rect", { class: "ground", x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 6 }),
    ...content,
    "</svg>",
    "",
  ].join("\n");
}
