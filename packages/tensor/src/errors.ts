/**
 * Base of every error that Hekla raises on purpose: `op: what is wrong, got ..., expected ...`. Names stand as text,
 * because minifiers change those of classes.
 */
export class HeklaError extends Error {
  override readonly name: string = "HeklaError";
}

/** Shapes or axes that do not fit together. */
export class ShapeError extends HeklaError {
  override readonly name = "ShapeError";
}

/** An element type that an op or a backend does not take. */
export class DtypeError extends HeklaError {
  override readonly name = "DtypeError";
}

/** A backend or a device that is missing, lost or used wrongly. */
export class DeviceError extends HeklaError {
  override readonly name = "DeviceError";
}

/** Data from outside (files, arrays, options) that is broken or does not fit. */
export class DataError extends HeklaError {
  override readonly name = "DataError";
}

/** A tensor whose memory is gone: disposed, or left behind in a scope that has ended. */
export class ReleasedError extends HeklaError {
  override readonly name = "ReleasedError";
}
