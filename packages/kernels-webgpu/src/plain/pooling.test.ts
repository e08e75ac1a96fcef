import { test } from "vitest";
import { expectPlain } from "../testing/plain-case.js";
import { poolingCases, poolingNames } from "../testing/pooling-cases.js";

test.each(poolingNames)("%s", (name) => expectPlain(poolingCases(name)));
