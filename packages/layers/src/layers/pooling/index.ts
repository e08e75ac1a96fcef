export { AveragePooling2D, MaxPooling2D, type Pooling2DOptions } from "./pooling2d.js";
