import { DataError } from "@hekla/tensor/errors";

/** The files of a data set are nowhere to be found, as opposed to found and broken. */
export class DataNotFoundError extends DataError {}
