import {
  type Conv2D,
  ConvLSTM2D,
  type Dense,
  type LSTM,
  type Model,
  Sequential,
  TimeDistributed,
} from "@hekla/layers";
import { add, concat, HeklaError, reshape, slice, subtract, type Tensor } from "@hekla/tensor";

/** The layers of a `latent-physics` network. */
export interface LatentParts {
  /** Fields `[batch, 1, grid, grid]` to codes `[batch, code]`. */
  readonly encoder: Sequential;
  /** Codes back to fields. */
  readonly decoder: Sequential;
  readonly memory: LSTM | ConvLSTM2D;
  /** From the memory's output and the last change of the code to its next change. */
  readonly change: Dense | Conv2D;
  /** Height and width of a code as a picture, where the memory is one of convolutions. */
  readonly place?: readonly [number, number] | undefined;
}

/** Finds the layers by the names that `build` gives them. */
export function partsOf(model: Model): LatentParts {
  const encode = model.getLayer("encode");
  const decoder = model.getLayer("decoder");
  if (
    !(encode instanceof TimeDistributed && encode.layer instanceof Sequential) ||
    !(decoder instanceof Sequential)
  ) {
    throw new HeklaError("latent-physics: got a network without encoder or decoder, expected both");
  }
  const memory = model.getLayer("memory") as LatentParts["memory"]; // casts: `build` names these two so
  const change = model.getLayer("change") as LatentParts["change"];
  const side = encode.layer.batchInputShape!.at(-1)! / 8;
  const place = memory instanceof ConvLSTM2D ? ([side, side] as const) : undefined;
  return { encoder: encode.layer, decoder, memory, change, place };
}

/** Codes `[batch, code]` of two frames, and what the memory holds after the earlier one. */
export interface LatentState {
  readonly before: Tensor;
  readonly code: Tensor;
  readonly memory: readonly Tensor[];
}

/**
 * Goes on by a frame: the code changes by what the memory and the last change tell. A memory of convolutions
 * has the codes as pictures of `codeChannels` channels, of which a code is a list.
 */
export function nextState(
  { memory, change, place }: LatentParts,
  { before, code, memory: held }: LatentState,
): LatentState {
  const [batch = 0] = code.shape;
  const moved = subtract(code, before);
  const asInput = (...parts: Tensor[]): Tensor => {
    const flat = concat(
      parts.map((part) => reshape(part, [batch, -1])),
      { axis: 1 },
    );
    return place ? reshape(flat, [batch, -1, ...place]) : flat;
  };
  const [output, ...kept] = memory.cell.applyAll([asInput(code, moved), ...held]);
  const next = add(code, reshape(change.apply(asInput(output!, moved)), code.shape));
  return { before: code, code: next, memory: kept };
}

/**
 * Goes through the codes `[batch, given, code]` of fields that are known, then `steps` on by itself, each
 * from the codes that it foresaw before. Gives `given - 2 + steps` states: the code of the first is what is
 * foreseen for the third frame, that of the last for the frame `steps` behind the known ones.
 */
export function foresee(parts: LatentParts, codes: Tensor, steps: number): LatentState[] {
  const [batch = 0, given = 0] = codes.shape;
  let state: LatentState = {
    before: codeAt(codes, 0),
    code: codeAt(codes, 1),
    memory: parts.memory.cell.getInitialState(batch),
  };
  const states: LatentState[] = [];
  for (let at = 2; at < given + steps; at++) {
    state = nextState(parts, state);
    states.push(state);
    if (at < given) state = { ...state, code: codeAt(codes, at) };
  }
  return states;
}

/** The code `[batch, code]` of one frame of `[batch, frames, code]`. */
export function codeAt(codes: Tensor, frame: number): Tensor {
  const [batch = 0, , length = 0] = codes.shape;
  return reshape(slice(codes, [0, frame, 0], [batch, 1, length]), [batch, length]);
}
