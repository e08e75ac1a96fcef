import type { Figures, StepReport } from "./messages.js";

type Row = readonly (number | null)[];
type Curve = readonly [epochs: readonly number[], training: Row, heldOut: Row];

/** Loss and accuracy over a training, as the charts take them. */
export class Curves {
  constructor(
    readonly epochs: number,
    readonly stepsPerEpoch: number,
    readonly loss: Curve = [[], [], []],
    readonly accuracy: Curve = [[], [], []],
  ) {}

  /**
   * One more point within an epoch. Figures are read from the device now and then: in between there is
   * nothing new.
   */
  withStep({ epoch, batch, figures }: StepReport): Curves {
    if (figures["loss"] === this.loss[1].at(-1)) return this;
    return this.#with(epoch + (batch + 1) / this.stepsPerEpoch, figures);
  }

  /** The state at the end of an epoch, on the digits held out as well. */
  withEpoch(epoch: number, figures: Figures): Curves {
    return this.#with(epoch + 1, figures);
  }

  #with(at: number, figures: Figures): Curves {
    const longer = ([epochs, training, heldOut]: Curve, name: string): Curve => [
      [...epochs, at],
      [...training, figures[name] ?? null],
      [...heldOut, figures[`val_${name}`] ?? null],
    ];
    return new Curves(
      this.epochs,
      this.stepsPerEpoch,
      longer(this.loss, "loss"),
      longer(this.accuracy, "accuracy"),
    );
  }
}
