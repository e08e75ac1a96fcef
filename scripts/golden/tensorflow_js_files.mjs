// Writes models as TensorFlow.js does, model.json with shards, and what they predict, for packages/layers/src/keras.
// Needs the packages of bench/peers: `npm ci` there, then `node scripts/golden/tensorflow_js_files.mjs`.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(
  new URL("../../packages/layers/src/keras/fixtures/tensorflow-js/", import.meta.url),
);
const load = createRequire(new URL("../../bench/peers/package.json", import.meta.url));
load("@tensorflow/tfjs-backend-cpu");
const tf = { ...load("@tensorflow/tfjs-core"), ...load("@tensorflow/tfjs-layers") };
await tf.setBackend("cpu");
mkdirSync(folder, { recursive: true });

let state = 1;
/** Multiples of 1/64 between -1 and 1 from a simple generator. */
const values = (count) =>
  Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return Math.round((state / 2147483647) * 128 - 64) / 64;
  });

function stir(model) {
  const weights = model.getWeights().map((old, index) => {
    const name = model.weights[index].name;
    const fresh = values(old.size).map((value) =>
      name.includes("variance") ? 0.5 + Math.abs(value) : value / 2,
    );
    return tf.tensor(fresh, old.shape);
  });
  model.setWeights(weights);
}

const predictions = {};

async function save(name, model, inputs, shards = 1) {
  stir(model);
  const outputs = [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
  const plain = (tensor) => ({
    shape: tensor.shape,
    dtype: tensor.dtype,
    data: Array.from(tensor.dataSync()),
  });
  predictions[name] = { inputs: inputs.map(plain), outputs: outputs.map(plain) };
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const bytes = new Uint8Array(artifacts.weightData);
      const cut = Math.ceil(bytes.length / shards);
      const paths = Array.from({ length: shards }, (_, at) => `${name}-${at + 1}of${shards}.bin`);
      paths.forEach((path, at) => {
        writeFileSync(folder + path, bytes.subarray(at * cut, (at + 1) * cut));
      });
      const { modelTopology, weightSpecs, format, generatedBy } = artifacts;
      const manifest = [{ paths, weights: weightSpecs }];
      const json = { format, generatedBy, convertedBy: null, modelTopology, weightsManifest: manifest };
      writeFileSync(`${folder}${name}.json`, `${JSON.stringify(json)}\n`);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
}

const { layers } = tf;
await save(
  "images",
  tf.sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, activation: "relu", inputShape: [8, 8, 2] }),
      layers.batchNormalization(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.separableConv2d({ filters: 2, kernelSize: 2, padding: "same" }),
      layers.dropout({ rate: 0.2 }),
      layers.flatten(),
      layers.dense({ units: 3, activation: "softmax", kernelRegularizer: "l1l2" }),
    ],
  }),
  [tf.tensor(values(2 * 8 * 8 * 2), [2, 8, 8, 2])],
  2,
);

const [words, more] = [tf.input({ shape: [5] }), tf.input({ shape: [3], name: "more" })];
const embedded = layers.embedding({ inputDim: 7, outputDim: 3 }).apply(words);
const both = layers
  .bidirectional({
    layer: layers.lstm({ units: 2, recurrentInitializer: "glorotNormal" }),
    mergeMode: "concat",
  })
  .apply(embedded);
const block = tf.sequential({
  layers: [layers.dense({ units: 4, activation: "tanh", inputShape: [3] })],
  name: "block",
});
const joined = layers
  .concatenate()
  .apply([both, block.apply(more), block.apply(layers.dense({ units: 3 }).apply(more))]);
const recurrent = layers
  .gru({ units: 2, resetAfter: false, recurrentInitializer: "glorotNormal" })
  .apply(embedded);
await save(
  "words",
  tf.model({
    inputs: [words, more],
    outputs: [
      layers.dense({ units: 2 }).apply(joined),
      layers.add().apply([recurrent, layers.dense({ units: 2 }).apply(joined)]),
    ],
  }),
  [tf.tensor([0, 1, 2, 3, 4, 6, 5, 4, 3, 2], [2, 5]), tf.tensor(values(6), [2, 3])],
);
writeFileSync(
  `${folder}predictions.json`,
  `${JSON.stringify({ version: tf.version_layers, files: predictions })}\n`,
);
