"""Goldens of StringLookup, IntegerLookup, TextVectorization, and of Normalization.adapt.

From Keras 3 on TensorFlow, which these layers need on every backend.

Run: python scripts/golden/text_preprocessing.py, with tensorflow installed.
"""

import os
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras  # noqa: E402
import numpy  # noqa: E402
import tensorflow  # noqa: E402

from golden_file import array as floats, random_values, write  # noqa: E402

SCRIPT = "text_preprocessing.py"
VERSIONS = {"keras": keras.__version__, "tensorflow": tensorflow.__version__, "numpy": numpy.__version__}

TEXTS = ["The cat sat on the mat.", "The dog sat, didn't it?", "", "  tabs\tand\nlines  and\u00a0more ",
         "\u00c9t\u00e9 \u00e9t\u00e9 caf\u00e9 CAF\u00c9 \u732b \U0001f642 \ufb01n \U0001f642",
         "[UNK] e-mail: a@b.c (100%) #tag \\back/ `tick` {x} ~y| ^z _w <v> =u+", "the the the cat"]
NEW = ["The unseen cat", "", "\u00e9t\u00e9 \U0001f642 the MAT dog,dog and", "it"]
cases = []


def camel(text):
    head, *rest = text.split("_")
    return head + "".join(part.capitalize() for part in rest)


def array(values):
    values = numpy.asarray(values)
    return {"shape": list(values.shape), "data": values.ravel().tolist()}


def case(name, options, *, adapt=None, batches=None, call=None, inverse=None, method="lookup"):
    """One layer: adapted to data (or to batches of it), its vocabulary, and what it makes of `call`."""
    make = getattr(keras.layers, name)
    layer = make(**options)
    if adapt is not None:
        layer.adapt(adapt)
    if batches is not None:
        layer.adapt(iter(batches))
    config = {camel(key): camel(value) if key in ("output_mode", "standardize", "split") and value else value
              for key, value in options.items()}
    found = {"name": f"{len(cases)} {name} {options}", "className": name, "config": config, "method": method,
             "adapt": adapt, "batches": batches, "call": call}
    if call is not None:
        found["result"] = array(layer(tensorflow.constant(call)))
    if inverse is not None:
        words = numpy.asarray(layer(numpy.asarray(inverse)))
        found["inverse"] = inverse
        found["tokens"] = [[word.decode() if isinstance(word, bytes) else int(word) for word in row]
                           for row in words]
    words = layer.get_vocabulary()
    found["size"] = layer.vocabulary_size()
    plain = [word if isinstance(word, str) else int(word) for word in words]
    found["vocabulary"] = plain if len(words) < 99 else None
    found["plainVocabulary"] = [word if isinstance(word, str) else int(word)
                                for word in layer.get_vocabulary(include_special_tokens=False)]
    cases.append(found)


WORDS = ["b", "a", "c", "b", "d", "a", "", "Z", "\u00e9", "\U0001f642", "\ufb01", "ab", "[UNK]", "[M]", "[M]"]
ROWS = [["b", "a", "c"], ["b", "b", "d"], ["a", "", "zz"]]
for options in [{}, {"max_tokens": 5}, {"num_oov_indices": 3}, {"mask_token": "[M]"},
                {"mask_token": "", "num_oov_indices": 2},
                {"oov_token": "b"}]:
    case("StringLookup", options, adapt=WORDS, call=ROWS)
    case("StringLookup", options, adapt=ROWS, call=["b", "x", "", "[M]", "[UNK]", "\u00e9"])
long = [["".join(chr(97 + (i * 7 + j * 3) % 26) for j in range(i)) for i in
         list(range(1, 70, 3)) + [63, 64, 65, 127, 128, 129, 192, 193, 300]]]
case("StringLookup", {"num_oov_indices": 10007, "vocabulary": ["a"]}, call=long)
for mode in ["one_hot", "multi_hot", "count", "tf_idf"]:
    for more in [{}, {"max_tokens": 9, "pad_to_max_tokens": True, "num_oov_indices": 2}, {"mask_token": "a"}]:
        options = {"output_mode": mode, **more}
        case("StringLookup", options, adapt=ROWS, call=[["b", "a", "a"], ["x", "y", ""]])
        case("StringLookup", options, adapt=ROWS, call=["b", "c", "b"])
        case("StringLookup", options, adapt=ROWS, call=[["b"], ["c"]])
        case("StringLookup", options, batches=[ROWS, [["q", "a", "a"]], ["b", "t"]], call=ROWS)
case("StringLookup", {"vocabulary": ["x", "y"], "output_mode": "tf_idf", "idf_weights": [0.5, 1.5]},
     call=[["x", "y", "x", "n"]])
special = {"vocabulary": ["[UNK]", "x", "y"], "output_mode": "tf_idf", "idf_weights": [2.5, 0.5, 1.5]}
case("StringLookup", special, call=[["x", "y", "x", "n"]])
case("StringLookup", {"vocabulary": ["[UNK]", "x", "y"]}, call=["x", "n"])
case("StringLookup", {"vocabulary": ["x", "y"], "num_oov_indices": 0}, call=["x", "y"])
for more in [{}, {"mask_token": "m"}, {"num_oov_indices": 0}, {"num_oov_indices": 2, "oov_token": "?"}]:
    case("StringLookup", {"vocabulary": ["x", "y"], "invert": True, **more}, inverse=[[0, 1, 2], [3, 4, 99]])
NUMBERS = [[5, 7, 5], [-3, 7, 5], [12, 0, -1]]
for options in [{}, {"max_tokens": 3}, {"num_oov_indices": 3}, {"mask_token": 0},
                {"num_oov_indices": 3, "oov_method": "farmhash"}, {"output_mode": "multi_hot"},
                {"output_mode": "count", "mask_token": 7}, {"output_mode": "one_hot"}]:
    case("IntegerLookup", options, adapt=NUMBERS, call=[[5, 100, -4], [0, 7, 12]])
case("IntegerLookup", {"vocabulary": [4, 2], "invert": True}, inverse=[[0, 1, 2], [3, 4, 1]])


def text(options, **more):
    case("TextVectorization", options, method="vectorize", **more)


for options in [{}, {"max_tokens": 6}, {"standardize": None}, {"standardize": "lower"},
                {"standardize": "strip_punctuation"}, {"split": "character"}, {"split": None}, {"ngrams": 2},
                {"ngrams": (2, 3)}, {"output_sequence_length": 3}, {"output_sequence_length": 9},
                {"output_mode": "multi_hot"},
                {"output_mode": "count"}, {"output_mode": "tf_idf"}, {"output_mode": "count", "ngrams": 2},
                {"output_mode": "tf_idf", "max_tokens": 60, "pad_to_max_tokens": True}]:
    text(options, adapt=TEXTS, call=NEW)
    text(options, adapt=[[line] for line in TEXTS], call=[[line] for line in NEW])
    text(options, batches=[TEXTS[:3], TEXTS[3:]], call=NEW)
text({}, adapt=TEXTS, call=TEXTS)
text({"split": None, "standardize": "lower", "ngrams": 2}, adapt=[["A", "b", "a"], ["b", "B", "c"]],
     call=[["a", "B", "a"], ["x", "a", "b"]])
text({"split": None, "output_mode": "count"}, adapt=[["A", "b", "a"], ["b", "B", "c"]],
     call=[["a", "B", "a"]])
text({"vocabulary": ["dog", "cat"]}, call=NEW)
text({"vocabulary": ["", "[UNK]", "dog", "cat"], "output_sequence_length": 4}, call=NEW)
text({"vocabulary": ["dog", "cat"], "output_mode": "tf_idf", "idf_weights": [0.25, 0.5]}, call=NEW)
write("text-preprocessing", SCRIPT, 0, VERSIONS, cases)

generator = numpy.random.default_rng(20261129)
adapted = []


def adapt(name, axis, batches):
    layer = keras.layers.Normalization(axis=axis)
    layer.adapt(batches[0] if len(batches) == 1 else iter(batches))
    adapted.append({"name": name, "config": {"axis": axis}, "batches": [floats(batch) for batch in batches],
                    "mean": floats(layer.adapt_mean), "variance": floats(layer.adapt_variance)})


def values(*shape):
    return random_values(generator, shape, -3, 5)


adapt("features", -1, [values(7, 3)])
adapt("one over all", None, [values(5, 3)])
adapt("each index of a vector", -1, [values(4)])
adapt("two axes", [1, 3], [values(2, 2, 3, 2)])
adapt("steps", 1, [values(3, 4, 2)])
adapt("batches of different sizes", -1, [values(4, 3), values(1, 3), values(6, 3)])
adapt("batches, one over all", None, [values(4, 3), values(2, 3), values(2, 3)])
adapt("batches of steps", [1], [values(2, 3, 2), values(3, 3, 2)])
write("normalization-adapt", SCRIPT, 20261129, VERSIONS, adapted)
