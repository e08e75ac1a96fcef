/** The best ways on from each row, the most likely first; `width` of them a row. */
export interface Continuations {
  /** Numbers of the words, `[rows, width]`. */
  readonly tokens: ArrayLike<number>;
  /** Logarithms of their probabilities, `[rows, width]`. */
  readonly logProbabilities: ArrayLike<number>;
}

export interface BeamSearchOptions {
  /** Sequences to find. */
  readonly sequences: number;
  /** Hypotheses that are kept for each of them. */
  readonly width: number;
  readonly start: number;
  readonly end: number;
  /** Most words of a hypothesis, END counted. */
  readonly maxLength: number;
  /** Exponent alpha of the length's penalty. 0: plain probabilities, which favour short sequences. */
  readonly lengthPenalty: number;
  /**
   * Goes one word on. Rows are the hypotheses, `width` a sequence.
   * @param tokens last words, `[sequences * width]`
   * @param parents the row of the step before that each row goes on from, its own in the first step
   */
  readonly step: (tokens: Int32Array, parents: Int32Array) => Promise<Continuations> | Continuations;
}

/** A sequence that was found. */
export interface Hypothesis {
  /** Without START and END. */
  readonly tokens: readonly number[];
  /** Sum of the logarithms of its words' probabilities, END's included. */
  readonly logProbability: number;
  /** `logProbability / ((5 + length) / 6)^alpha`. */
  readonly score: number;
}

/** A hypothesis that may go on, and its row. */
interface Live {
  readonly tokens: readonly number[];
  readonly logProbability: number;
  readonly row: number;
}

/**
 * The likeliest sequences, word by word: of all words that the hypotheses may go on with, the best `width` are kept. One that
 * comes to END is set aside and leaves a place fewer, so that a width of 1 takes the likeliest word each time. Result: for each
 * sequence its hypotheses, the best score first; those not done at `maxLength` count as they are.
 * Source: Sutskever, Vinyals and Le 2014, section 3.2; Wu et al. 2016, equation 14, for the length's penalty.
 */
export async function beamSearch(options: BeamSearchOptions): Promise<Hypothesis[][]> {
  const { sequences, width, start, end, maxLength, lengthPenalty, step } = options;
  const rows = sequences * width;
  const tokens = new Int32Array(rows).fill(start);
  const parents = Int32Array.from({ length: rows }, (_, row) => row);
  let live: Live[][] = Array.from({ length: sequences }, (_, at) => [
    { tokens: [], logProbability: 0, row: at * width },
  ]);
  const done: Hypothesis[][] = live.map(() => []);
  const finish = (at: number, found: readonly number[], logProbability: number, length: number): void => {
    const score = logProbability / ((5 + length) / 6) ** lengthPenalty;
    done[at]!.push({ tokens: found, logProbability, score });
  };
  for (let length = 1; length <= maxLength && live.some((beams) => beams.length > 0); length++) {
    const next = await step(tokens, parents);
    live = live.map((beams, at) => {
      const kept: Live[] = [];
      for (const { tokens: before, logProbability, row, token } of best(
        beams,
        next,
        width,
        done[at]!.length,
      )) {
        if (token === end) {
          finish(at, before, logProbability, length);
          continue;
        }
        const place = at * width + kept.length;
        tokens[place] = token;
        parents[place] = row;
        kept.push({ tokens: [...before, token], logProbability, row: place });
      }
      return kept;
    });
  }
  live.forEach((beams, at) => {
    for (const { tokens: found, logProbability } of beams) finish(at, found, logProbability, found.length);
  });
  return done.map((found) => found.sort((a, b) => b.score - a.score));
}

/** The best of all ways on, as many as there are places left; of equal ones that of the better hypothesis first. */
function best(
  beams: readonly Live[],
  { tokens, logProbabilities }: Continuations,
  width: number,
  done: number,
): (Live & { readonly token: number })[] {
  const ways = beams.flatMap((beam) =>
    Array.from({ length: width }, (_, rank) => {
      const at = beam.row * width + rank;
      return {
        ...beam,
        token: tokens[at]!,
        logProbability: beam.logProbability + logProbabilities[at]!,
      };
    }),
  );
  return ways.sort((a, b) => b.logProbability - a.logProbability).slice(0, width - done);
}
