import { serve } from "./child.js";
import { heklaPeer } from "./hekla-peer.js";

await serve((request) => heklaPeer(request, { relaxedSimd: true }));
