import type { PeerDescription } from "../child.js";
import type { Request } from "../protocol.js";
import { TRAINING_WORKS, type TrainingName } from "../works.js";

/** What a child says when the first training step has ended. */
export const FIRST_STEP = "first step\n";

/** The life of a child whose start is timed from outside: load, make the network, train once, say so. */
export async function start(load: (request: Request) => Promise<PeerDescription>): Promise<void> {
  const request = JSON.parse(process.argv.at(-1)!) as Request;
  const { training } = await load(request);
  const step = await training!(TRAINING_WORKS[request.work as TrainingName], request.batch);
  await step();
  process.stdout.write(FIRST_STEP, () => process.exit(0));
}
