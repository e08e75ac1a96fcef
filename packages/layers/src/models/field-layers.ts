import { Layer } from "../layer.js";

/** Layers in the fields of an object, by the name of the field; those in a list are numbered behind it. */
export function fieldLayers(owner: object): Map<string, Layer> {
  const found = new Map<string, Layer>();
  for (const [field, value] of Object.entries(owner)) {
    if (value instanceof Layer) found.set(field, value);
    else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        if (item instanceof Layer) found.set(`${field}/${index}`, item);
      });
    }
  }
  return found;
}
