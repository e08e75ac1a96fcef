/** Base of every error that Hekla raises on purpose: `op: what is wrong, got ..., expected ...`. */
export class HeklaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** Shapes or axes that do not fit together. */
export class ShapeError extends HeklaError {}

/** An element type that an op or a backend does not take. */
export class DtypeError extends HeklaError {}

/** A backend or a device that is missing, lost or used wrongly. */
export class DeviceError extends HeklaError {}

/** Data from outside (files, arrays, options) that is broken or does not fit. */
export class DataError extends HeklaError {}

/** A tensor whose memory is gone: disposed, or left behind in a scope that has ended. */
export class ReleasedError extends HeklaError {}
