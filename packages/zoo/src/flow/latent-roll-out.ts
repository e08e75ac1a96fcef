import { type Dense, type LSTM, type Model, Sequential, TimeDistributed } from "@hekla/layers";
import { add, concat, HeklaError, reshape, slice, subtract, type Tensor } from "@hekla/tensor";

/** The layers of a `latent-physics` network. */
export interface LatentParts {
  /** Fields `[batch, 1, grid, grid]` to codes `[batch, code]`. */
  readonly encoder: Sequential;
  /** Codes back to fields. */
  readonly decoder: Sequential;
  readonly memory: LSTM;
  /** From the memory's output and the last change of the code to its next change. */
  readonly change: Dense;
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
  const memory = model.getLayer("memory") as LSTM; // casts: `build` names these two so
  return { encoder: encode.layer, decoder, memory, change: model.getLayer("change") as Dense };
}

/** Codes `[batch, code]` of two frames, and what the memory holds after the earlier one. */
export interface LatentState {
  readonly before: Tensor;
  readonly code: Tensor;
  readonly memory: readonly Tensor[];
}

/** Goes on by a frame: the code changes by what the memory and the last change tell. */
export function nextState(
  { memory, change }: LatentParts,
  { before, code, memory: held }: LatentState,
  training = false,
): LatentState {
  const moved = subtract(code, before);
  const [output, ...kept] = memory.cell.applyAll([concat([code, moved], { axis: 1 }), ...held], { training });
  const next = add(code, change.apply(concat([output!, moved], { axis: 1 })));
  return { before: code, code: next, memory: kept };
}

/**
 * Goes through the codes `[batch, given, code]` of fields that are known, then `steps` on by itself, each from
 * the codes that it foresaw before. Gives the states behind each known frame but the first, and those ahead:
 * `given - 2 + steps` of them, the code of the first being what is foreseen for the third frame.
 */
export function foresee(parts: LatentParts, codes: Tensor, steps: number, training = false): LatentState[] {
  const [batch = 0, given = 0] = codes.shape;
  let state: LatentState = {
    before: codeAt(codes, 0),
    code: codeAt(codes, 1),
    memory: parts.memory.cell.getInitialState(batch),
  };
  const states: LatentState[] = [];
  parts.memory.cell.resetDropoutMasks();
  for (let at = 2; at < given + steps; at++) {
    state = nextState(parts, state, training);
    states.push(state);
    if (at < given) state = { ...state, code: codeAt(codes, at) };
  }
  parts.memory.cell.resetDropoutMasks();
  return states;
}

/** The code `[batch, code]` of one frame of `[batch, frames, code]`. */
export function codeAt(codes: Tensor, frame: number): Tensor {
  const [batch = 0, , length = 0] = codes.shape;
  return reshape(slice(codes, [0, frame, 0], [batch, 1, length]), [batch, length]);
}
