import type { Machine } from "./machine.js";
import type { PeakMessage } from "./measures/peak-run.js";
import type { MemoryPoint } from "./memory-run.js";
import type { Amounts } from "./report.js";
import type { CaseResult } from "./runner.js";

/** Where and when something was measured. */
export interface Conditions {
  /** Start, ISO 8601. */
  date: string;
  machine: Machine;
  threads: number;
  /** Register-only peak, the better of a probe before and a probe after the work. */
  peak: PeakMessage;
}

/** A work done by several peers, or one work in several sizes. */
export interface CasesResult {
  name: string;
  title: string;
  conditions: Conditions;
  rounds: number;
  /** Everything as measured; tables are made from it again for each report. */
  cases: CaseResult[];
}

/** Training steps, inference or products, peer beside peer. */
export interface ComparisonResult extends CasesResult {
  kind: "comparison";
  steps: number;
  warmup: number;
  /** Samples a step; 1 where there are none. */
  batch: number;
  /** By case. */
  amounts: Record<string, Amounts>;
}

/** One axis along which a work grows; this project only. */
export interface ScaleResult extends CasesResult {
  kind: "scale";
  /** The network, in a word or two. */
  work: string;
  /** What grows: "batch", "width", ... */
  axis: string;
  /** What the cost is divided by: "sample", "layer", ... */
  unit: string;
  /** In the order of `cases`: value on the axis, units and floating-point operations of one step. */
  points: { value: number; units: number; flops: number }[];
}

/** Elementwise work and reductions over arrays of several sizes. */
export interface BandwidthResult extends CasesResult {
  kind: "bandwidth";
  /** Bytes read and written by one run, by case. */
  bytes: Record<string, number>;
}

/** Whole processes, from start to the end of the first training step. */
export interface StartupResult {
  kind: "startup";
  name: string;
  title: string;
  conditions: Conditions;
  rounds: number;
  works: StartupWork[];
}

/** Times of one peer and work in milliseconds, or why there are none. */
export interface StartupWork {
  work: string;
  peer: string;
  milliseconds: number[];
  note: string | undefined;
}

/** Live bytes over a training run. */
export interface MemoryResult {
  kind: "memory";
  name: string;
  title: string;
  conditions: Conditions;
  points: MemoryPoint[];
}

/** What an app weighs, in bytes after gzip. */
export interface BundleResult {
  kind: "bundle";
  name: string;
  title: string;
  conditions: Conditions;
  apps: BundleApp[];
}

/** One app: what loads at its start, chunks that load where asked for, and files beside it. */
export interface BundleApp {
  name: string;
  start: number;
  later: number;
  files: number;
}

/** Anything that one command measures and keeps. */
export type Result =
  | ComparisonResult
  | ScaleResult
  | BandwidthResult
  | StartupResult
  | MemoryResult
  | BundleResult;
