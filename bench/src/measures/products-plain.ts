import { serveProducts } from "./products-child.js";

await serveProducts(false);
