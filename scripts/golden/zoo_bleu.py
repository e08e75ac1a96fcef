"""Goldens of BLEU and chrF by sacreBLEU: its published example, and made-up corpora with marks, numbers and gaps.

Writes packages/zoo/goldens/bleu.json. Needs sacrebleu.

Run: python scripts/golden/zoo_bleu.py
"""

import json
import pathlib
import platform
import random

import sacrebleu
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "zoo" / "goldens"
SEED = 5

# From sacreBLEU's README.
PUBLISHED = (
    ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."],
    [
        ["The dog bit the man.", "The dog had bit the man."],
        ["It was not unexpected.", "No one was surprised."],
        ["The man bit him first.", "The man had bitten the dog."],
    ],
)

WORDS = "le la un chat noir grande maison mange vite déjà où l'eau aujourd'hui c'est porte-clé 3,5 1.000 10-12 fin".split()
MARKS = [".", " !", "?", "...", ", oui.", " : non", ' "bon"', " (sic)", " & co", " &amp; fils", " [1]", "", " 5%", " a/b"]

TEXTS = [
    "", " ", ".", "a.b.c", "1.5 and 2,5, then 3.", "10-12 or x-y or 7-", "it's 'quoted' \"twice\"", "&quot;a&lt;b&gt;c&amp;d&quot;",
    "&amp;quot;", "{a}[b](c)<d>", "tab\tand\nline", "cut-\nword", "<skipped>rest", "trailing  ", "  leading", "é, ü. ß; ñ: œ",
    "\u00ab guillemets \u00bb \u201cquotes\u201d \u2019", "x\u00a0y\u202fz", "..,,..", "A.B. 3.4.5, 6,7,8.", "~`!@#$%^&*_+=|\\:;?/",
    "\U0001f600.ok", "5\u20ac,", "l'été-là",
]


def sentence(draw, words):
    return " ".join(words) + draw.choice(MARKS)


def changed(draw, words):
    words = list(words)
    for _ in range(draw.randrange(3)):
        at = draw.randrange(len(words))
        kind = draw.randrange(3)
        if kind == 0:
            words[at] = draw.choice(WORDS)
        elif kind == 1 and len(words) > 1:
            del words[at]
        else:
            words.insert(at, draw.choice(WORDS))
    return words


def corpus(draw, size, longest, most):
    hypotheses, references = [], []
    for _ in range(size):
        words = [draw.choice(WORDS) for _ in range(draw.randrange(1, longest + 1))]
        hypotheses.append(sentence(draw, changed(draw, words)))
        references.append([sentence(draw, changed(draw, words)) for _ in range(draw.randrange(1, most + 1))])
    return hypotheses, references


def scored(name, hypotheses, references):
    most = max(map(len, references))
    streams = [[row[at] if at < len(row) else None for row in references] for at in range(most)]
    bleu = sacrebleu.BLEU().corpus_score(hypotheses, streams)
    # chrF takes no gaps: the last reference again changes nothing, since the best one counts.
    full = [[row[min(at, len(row) - 1)] for row in references] for at in range(most)]
    return {
        "name": name,
        "hypotheses": hypotheses,
        "references": references,
        "score": bleu.score,
        "precisions": bleu.precisions,
        "brevityPenalty": bleu.bp,
        "hypothesisLength": bleu.sys_len,
        "referenceLength": bleu.ref_len,
        "chrf": sacrebleu.CHRF().corpus_score(hypotheses, full).score,
    }


def main():
    draw = random.Random(SEED)
    cases = [scored("published", *PUBLISHED)]
    for number, (size, longest, most) in enumerate([(1, 6, 1), (1, 9, 3), (4, 3, 2), (12, 8, 1), (20, 10, 4), (30, 5, 3)]):
        cases.append(scored(f"made up {number}", *corpus(draw, size, longest, most)))
    cases.append(scored("nothing right", ["x y z w v"], [["a b c d e"]]))
    cases.append(scored("empty output", ["", "a b c d"], [["a b"], ["a b c d e f"]]))
    cases.append(scored("only short sentences", ["a b", "c"], [["a b"], ["c"]]))
    cases.append(scored("words right, no pairs", ["d c b a e"], [["a b c d e"], ]))
    cases.append(scored("shorter of two as near", ["a b c d e f"], [["a b c d e f g h", "a b c d"]]))
    tokens = [{"text": text, "words": Tokenizer13a()(text.rstrip()).split()} for text in TEXTS]
    source = {
        "script": "scripts/golden/zoo_bleu.py",
        "seed": SEED,
        "python": platform.python_version(),
        "sacrebleu": sacrebleu.__version__,
    }
    rows = ",\n".join(json.dumps(case, ensure_ascii=True, separators=(",", ":")) for case in cases)
    words = ",\n".join(json.dumps(case, ensure_ascii=True, separators=(",", ":")) for case in tokens)
    OUT.mkdir(exist_ok=True)
    (OUT / "bleu.json").write_text(f'{{"source":{json.dumps(source)},\n"cases":[\n{rows}\n],\n"tokens":[\n{words}\n]}}\n')
    print(f"bleu.json: {len(cases)} corpora, {len(tokens)} texts")


main()
