import { heklaPeer } from "../hekla-peer.js";
import { start } from "./startup-child.js";

await start((request) => heklaPeer(request, { relaxedSimd: true }));
