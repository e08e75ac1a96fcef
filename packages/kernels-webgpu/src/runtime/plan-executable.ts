import { bytesPerElement, DeviceError, type Executable, type Plan, type Slot, stepName } from "@hekla/tensor";
import type { Dispatch, Resource } from "../wgsl/dispatch.js";
import { stepKernels } from "../wgsl/step-kernels.js";
import type { BoundInput, Stored } from "./commands.js";
import { GpuDevice } from "./gpu-device.js";
import type { Region } from "./heap.js";
import type { Machine } from "./machine.js";
import { Pace } from "./pace.js";
import { DeviceSlot, HostSlot } from "./slots.js";
import type { TimedRun } from "./timer.js";

/** A dispatch with the step that it is part of. */
export interface PlannedDispatch extends Dispatch {
  readonly step: number;
}

/** What is made once for a device and the memory that a plan is bound to. */
interface Prepared {
  readonly device: GpuDevice;
  readonly arena: GPUBuffer | undefined;
  readonly pack: GPUBuffer | undefined;
  readonly regions: readonly Region[];
  readonly pipelines: readonly GPUComputePipeline[];
  readonly groups: GPUBindGroup[];
}

/** A plan as dispatches, with pipelines and bind groups that are made once and kept. */
export class PlanExecutable implements Executable {
  readonly dispatches: readonly PlannedDispatch[];
  /** Bytes of arena: the plan's own and, behind it, what dispatches of one step hand on. */
  readonly arenaBytes: number;
  readonly #packBytes: number;
  /** By dispatch: the step that it is part of. */
  readonly #steps: readonly number[];
  readonly #pace = new Pace();
  readonly #scratch: readonly (readonly number[])[];
  /** Where inputs go that come from the host, or that are bound twice. */
  readonly #uploads: (Region | undefined)[];
  readonly #inputOf: ReadonlyMap<number, number>;
  #prepared: Prepared | undefined;

  constructor(
    readonly plan: Plan,
    private readonly machine: Machine,
  ) {
    const { traits } = machine.device;
    checkBindings(plan, traits.maxBindingBytes, machine.device.info.name);
    const dispatches: PlannedDispatch[] = [];
    let scratchBytes = 0;
    this.#scratch = plan.steps.map((step, at) => {
      const label = step.label ? `${stepName(step)} (${step.label})` : stepName(step);
      const kernels = stepKernels(plan, step, label, traits);
      dispatches.push(...kernels.dispatches.map((dispatch) => ({ ...dispatch, step: at })));
      let end = 0;
      const offsets = kernels.scratchBytes.map((bytes) => {
        const offset = end;
        end += Math.max(256, Math.ceil(bytes / 256) * 256);
        return offset;
      });
      scratchBytes = Math.max(scratchBytes, end);
      return offsets;
    });
    this.dispatches = dispatches;
    this.#steps = dispatches.map(({ step }) => step);
    this.arenaBytes = plan.arenaBytes + scratchBytes;
    this.#packBytes = Math.max(
      0,
      ...dispatches.flatMap(({ before = [], after = [] }) =>
        [...before, ...after].map(({ offset, bytes }) => offset + bytes),
      ),
    );
    this.#uploads = plan.inputs.map(() => undefined);
    this.#inputOf = new Map(plan.inputs.map((buffer, position) => [buffer, position]));
    machine.claimArena(this.arenaBytes);
  }

  run(slots: readonly Slot[]): Slot[] {
    const { plan, machine } = this;
    const inputs = this.#bind(slots);
    const outputs = plan.outputs.map((buffer) => {
      const { size, dtype } = plan.buffers[buffer]!;
      return machine.newSlot(size, dtype, false);
    });
    machine.commit({ kind: "run", executable: this, inputs, outputs });
    return outputs;
  }

  dispose(): void {
    for (const region of this.#uploads) if (region) this.machine.heap.free(region);
    this.#uploads.fill(undefined);
    this.#prepared = undefined;
  }

  /** Encodes a run: what has to be brought over, the dispatches, results out of the arena. */
  perform(inputs: readonly BoundInput[], outputs: readonly Stored[]): void {
    const { machine, plan } = this;
    const { device } = machine;
    const prepared = this.#prepare(regionsOf(inputs));
    for (const { region, data } of inputs) {
      if (data) device.write(region.chunk.buffer, region.offset, data);
    }
    let encoder = device.device.createCommandEncoder();
    const submit = (): void => {
      device.queue.submit([encoder.finish()]);
      encoder = device.device.createCommandEncoder();
    };
    for (const { region, from, size, dtype } of inputs) {
      if (from) machine.copyRegion(encoder, from, region, size * bytesPerElement(dtype));
    }
    // After a loss, what takes times is on a device that is gone.
    const timer = machine.timer?.device === device ? machine.timer : undefined;
    const timed = timer?.begin(this.plan, this.#steps);
    let from = 0;
    for (const to of this.#pace.cuts(device, this.plan, this.#steps)) {
      this.#encode(encoder, prepared, inputs, { from, to }, timed);
      if (to < this.dispatches.length) submit();
      from = to;
    }
    timed?.resolve(encoder);
    outputs.forEach(({ region, size, dtype }, at) => {
      const { arenaOffset } = plan.buffers[plan.outputs[at]!]!;
      const bytes = Math.ceil((size * bytesPerElement(dtype)) / 4) * 4;
      if (bytes > 0) {
        encoder.copyBufferToBuffer(prepared.arena!, arenaOffset, region.chunk.buffer, region.offset, bytes);
      }
    });
    submit();
    timed?.submitted();
    this.#pace.ran(device);
  }

  #encode(
    encoder: GPUCommandEncoder,
    prepared: Prepared,
    inputs: readonly BoundInput[],
    range: { readonly from: number; readonly to: number },
    timed: TimedRun | undefined,
  ): void {
    const regions = regionsOf(inputs);
    const { pipelines, groups, device, arena, pack } = prepared;
    let pass: GPUComputePassEncoder | undefined;
    let current: GPUComputePipeline | undefined;
    for (let at = range.from; at < range.to; at++) {
      const { groups: grid, turn, before, after, step } = this.dispatches[at]!;
      if (before) {
        pass?.end();
        pass = undefined;
        for (const { resource, offset, bytes } of before) {
          const from = this.#binding(resource, step, regions, arena, pack);
          if (bytes > 0) encoder.copyBufferToBuffer(from.buffer, from.offset!, pack!, offset, bytes);
        }
      }
      if (timed) {
        // A pass is what a device takes the time of.
        pass?.end();
        pass = undefined;
      }
      if (!pass) {
        pass = encoder.beginComputePass(timed?.pass(at));
        current = undefined;
      }
      const pipeline = pipelines[at]!;
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, groups[at]!);
      if (turn !== undefined) pass.setBindGroup(1, device.turns(turn + 1), [GpuDevice.turnOffset(turn)]);
      pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
      if (!after) continue;
      pass.end();
      pass = undefined;
      for (const { resource, offset, bytes } of after) {
        const to = this.#binding(resource, step, regions, arena, pack);
        if (bytes > 0) encoder.copyBufferToBuffer(pack!, offset, to.buffer, to.offset!, bytes);
      }
    }
    pass?.end();
  }

  /** Pipelines and bind groups for this device and memory; those of the run before where nothing has moved. */
  #prepare(regions: readonly Region[]): Prepared {
    const { device } = this.machine;
    const arena = this.arenaBytes > 0 ? this.machine.shared("arena", this.arenaBytes) : undefined;
    const pack = this.#packBytes > 0 ? this.machine.shared("pack", this.#packBytes) : undefined;
    const before = this.#prepared;
    const kept = before?.device === device && before.arena === arena && before.pack === pack;
    if (kept && regions.every((region, at) => region === before.regions[at])) return before;
    const pipelines = kept
      ? before.pipelines
      : this.dispatches.map(({ code, label, bindings, turn }) =>
          device.pipeline(code, label, bindings.length, turn !== undefined),
        );
    const moved = regions.map((region, at) => !kept || region !== before.regions[at]);
    const groups = this.dispatches.map((dispatch, at) => {
      const { bindings } = dispatch;
      if (kept && !bindings.some((resource) => moved[this.#positionOf(resource) ?? -1]))
        return before.groups[at]!;
      return device.device.createBindGroup({
        layout: device.layout(bindings.length),
        entries: bindings.map((resource, binding) => ({
          binding,
          resource: this.#binding(resource, dispatch.step, regions, arena, pack),
        })),
      });
    });
    this.#prepared = { device, arena, pack, regions, pipelines, groups };
    return this.#prepared;
  }

  #positionOf(resource: Resource): number | undefined {
    return resource.kind === "buffer" ? this.#inputOf.get(resource.buffer) : undefined;
  }

  #binding(
    resource: Resource,
    step: number,
    regions: readonly Region[],
    arena: GPUBuffer | undefined,
    pack: GPUBuffer | undefined,
  ): GPUBufferBinding {
    if (resource.kind === "pack") return { buffer: pack! };
    if (resource.kind === "scratch") {
      const offsets = this.#scratch[step]!;
      const offset = this.plan.arenaBytes + offsets[resource.scratch]!;
      const next = offsets[resource.scratch + 1];
      const end = next === undefined ? this.arenaBytes : this.plan.arenaBytes + next;
      return { buffer: arena!, offset, size: end - offset };
    }
    const { size, dtype, arenaOffset } = this.plan.buffers[resource.buffer]!;
    const bytes = Math.max(16, Math.ceil((size * bytesPerElement(dtype)) / 16) * 16);
    const position = this.#inputOf.get(resource.buffer);
    if (position === undefined) return { buffer: arena!, offset: arenaOffset, size: bytes };
    const region = regions[position]!;
    return { buffer: region.chunk.buffer, offset: region.offset, size: bytes };
  }

  /** Where each input lies; those of the host, and those that are bound twice, get a place of their own. */
  #bind(slots: readonly Slot[]): BoundInput[] {
    const seen = new Set<Region>();
    const assigned = new Set(this.plan.assigned);
    // What is written must be the tensor itself; another look at it then reads a copy.
    for (const position of assigned) seen.add(this.machine.own(slots[position]!).region);
    return slots.map((slot, position) => {
      const { size, dtype } = slot;
      if (slot instanceof HostSlot) {
        return { region: this.#upload(position, slot), size, dtype, data: slot.data };
      }
      const { region } = this.machine.own(slot);
      if (assigned.has(position)) return { region, size, dtype };
      if (!seen.has(region)) {
        seen.add(region);
        return { region, size, dtype };
      }
      return { region: this.#upload(position, slot), size, dtype, from: region };
    });
  }

  #upload(position: number, { size, dtype }: Slot): Region {
    const known = this.#uploads[position];
    if (known) return known;
    const region = this.machine.heap.allocate(size * bytesPerElement(dtype));
    this.#uploads[position] = region;
    return region;
  }
}

/** @throws DeviceError where a tensor is larger than what a kernel may see at once */
function checkBindings(plan: Plan, most: number, device: string): void {
  const sizes = plan.buffers.map(({ size, dtype }) => ({ size, bytes: size * bytesPerElement(dtype) }));
  const largest = sizes.reduce((most, one) => (one.bytes > most.bytes ? one : most), { size: 0, bytes: 0 });
  if (largest.bytes <= most) return;
  throw new DeviceError(
    `webgpu: a tensor of ${largest.size} elements does not fit into what ${device} lets a kernel see at once, got ` +
      `${largest.bytes} bytes, expected at most ${most} (a batch of ${Math.floor((100 * most) / largest.bytes)} % of ` +
      "this one would fit, or the wasm backend)",
  );
}

const regionsOf = (inputs: readonly BoundInput[]): Region[] => inputs.map(({ region }) => region);

export const isDeviceSlot = (slot: Slot): slot is DeviceSlot => slot instanceof DeviceSlot;
