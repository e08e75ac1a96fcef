import { DENSE_PRODUCT, GEMM_SIZES, type GemmShape, gemmCase } from "../works.js";

/** The products of `gemm`. */
export const PRODUCTS: readonly GemmShape[] = [
  ...GEMM_SIZES.map((size) => ({ rows: size, inner: size, columns: size })),
  DENSE_PRODUCT,
];

/** The label of a product whose result stays on the device. */
export function productName(shape: number | GemmShape): string {
  return `${gemmCase(shape)} on device`;
}
