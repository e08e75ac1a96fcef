/// <reference lib="esnext.disposable" preserve="true" />
export * from "./api.js";

import "./methods.js";
