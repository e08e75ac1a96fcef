import { reference } from "@hekla/tensor";
import { testBackend } from "./test-backend.js";

testBackend("reference backend", () => reference());
