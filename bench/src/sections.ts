import { comparisonRows, comparisonSection } from "./comparison.js";
import { bandwidthSection } from "./measures/bandwidth-run.js";
import { bundleSection } from "./measures/bundle-run.js";
import { scaleSection } from "./measures/scale-run.js";
import { startupSection } from "./measures/startup-run.js";
import { growingModels, memorySection } from "./memory-run.js";
import { SAME_WORK } from "./report.js";
import type { Result } from "./results.js";
import type { Section } from "./section.js";

/** What a report says of a result of any kind. */
export function sectionOf(result: Result): Section {
  switch (result.kind) {
    case "comparison":
      return comparisonSection(result);
    case "scale":
      return scaleSection(result);
    case "bandwidth":
      return bandwidthSection(result);
    case "startup":
      return startupSection(result);
    case "memory":
      return memorySection(result);
    case "bundle":
      return bundleSection(result);
  }
}

/**
 * Why a result must not be used: programs that did different work, or memory that grew; undefined where it
 * is good.
 */
export function faultOf(result: Result): string | undefined {
  if (result.kind === "memory") {
    const growing = growingModels(result.points);
    return growing.length > 0
      ? `${result.name}: live bytes are not constant (${growing.join(", ")})`
      : undefined;
  }
  if (result.kind !== "comparison") return undefined;
  const other = comparisonRows(result).find(({ lossDifference }) => lossDifference > SAME_WORK);
  return other && `${result.name}: ${other.peer} did not do the same work as the others`;
}
