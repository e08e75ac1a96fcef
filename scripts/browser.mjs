// Runs the wasm backend in headless Chromium, with and without cross-origin isolation: the conformance samples pass,
// and training gives the same bits with one thread, with two, and in Node.
import { bundle, check, checkConformance, finish, openBrowser } from "./browser/session.mjs";
import { chromiumFlags } from "./chromium.mjs";

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const [forNode, script] = [
  await bundle("scripts/browser/work.ts", "node"),
  await bundle("scripts/browser/worker.ts", "browser"),
];
const here = await workInNode(forNode);
const browser = await openBrowser(chromiumFlags);
try {
  const alone = await visit(script, isolation, 2);
  const shared = await visit(script, {}, 1);
  check("a page with COOP and COEP is cross-origin isolated", alone.isolated === true);
  check("a page without them is not", shared.isolated === false);
  for (const [name, { training }] of Object.entries({ "two threads": alone, "one thread": shared })) {
    const text = `a CNN learns in a page with ${name} (accuracy ${training.accuracy.toFixed(4)})`;
    check(text, training.accuracy > 0.9);
  }
  const digests = [alone, shared].map(({ training }) => training.digest);
  check(`one and two threads give the same bits (${digests.join(", ")})`, digests[0] === digests[1]);
  check(`Node gives these bits as well (${here.digest})`, here.digest === digests[0]);
} finally {
  await browser.close();
}
finish();

async function workInNode(script) {
  const { train } = await import(`data:text/javascript;base64,${Buffer.from(script).toString("base64")}`);
  return train(1);
}

/** Runs training and the conformance samples in the worker of a page that is served with `headers`. */
function visit(script, headers, threads) {
  return browser.visit(script, headers, `with ${threads} threads`, async (work) => {
    const { result: training, isolated } = await work({ action: "train", threads });
    const { result } = await work({ action: "conform", threads });
    checkConformance(`in a page with ${threads} thread(s)`, result);
    return { training, isolated };
  });
}
