import { DataError } from "@hekla/tensor";
import { withDtypePolicy } from "../../dtype-policy.js";
import type { Config, Layer, LayerClass, LayerReader } from "../../layer.js";

/**
 * A layer of the same settings, but for the changes, and of new weights; classes need not be known to saved
 * files.
 */
export function layerCopy<T extends Layer>(layer: T, changes: Config): T {
  const classes = new Map<string, LayerClass>();
  const collect = (part: Layer): void => {
    classes.set(part.className, part.constructor as unknown as LayerClass);
    for (const child of part.children.values()) collect(child);
  };
  collect(layer);
  const read: LayerReader = ({ className, config }) => {
    const found = classes.get(className);
    if (found?.fromConfig) return found.fromConfig(config as never, read);
    throw new DataError(
      `bidirectional: a layer cannot be made twice, got ${className}, ` +
        "expected a class with a static fromConfig",
    );
  };
  const config = { ...layer.getConfig(), ...changes };
  // A config without a type is that of a layer in float32.
  return withDtypePolicy("float32", () => read({ className: layer.className, config })) as T;
}
