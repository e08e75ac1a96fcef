"""Goldens of Attention, AdditiveAttention and MultiHeadAttention.

Run: python scripts/golden/layers_attention.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, jax, keras, numpy  # noqa: E402

from keras.src import backend  # noqa: E402
from keras.src.backend.jax import nn  # noqa: E402


def dot_product_attention(query, key, value, bias=None, mask=None, scale=None, is_causal=False, **_):
    """Keras's formula; on jax it rounds scores to float32, and takes no values of another size than keys."""
    logits = nn._apply_masks(jax.numpy.einsum("BTNH,BSNH->BNTS", query, key) * scale, mask, is_causal)
    return jax.numpy.einsum("BNTS,BSNH->BTNH", jax.nn.softmax(logits, axis=-1), value)


nn.dot_product_attention = dot_product_attention
family = Family("layers-attention", "layers_attention.py", 20261127)
QUERY_MASK = numpy.array([[1, 1, 0], [1, 1, 1]])
VALUE_MASK = numpy.array([[1, 0, 1, 1], [1, 1, 0, 0]])
QUERY, VALUE, KEY = (2, 3, 4), (2, 4, 2), (2, 4, 4)


def with_masks(options):
    """MultiHeadAttention finds masks on the tensors themselves; the others take them as an argument."""
    def call(layer, tensors, mask=None, training=False):
        named = dict(zip(["query", "value", "key"], tensors))
        if isinstance(layer, keras.layers.MultiHeadAttention):
            for tensor, own in zip(tensors, mask or []):
                if own is not None:
                    backend.set_keras_mask(tensor, own)
            more = dict(options)
            if "attention_mask" in more:
                more["attention_mask"] = jax.numpy.asarray(more["attention_mask"], dtype=bool)
            return layer(**named, training=training, **more)
        return layer(tensors, mask=mask, training=training, **options)
    return call


def case(name, layer, options, shapes, masks=None, call_options=None):
    call_options = call_options or {}
    values = [family.random(shape) for shape in shapes]
    if isinstance(layer, keras.layers.MultiHeadAttention):
        layer.build(*shapes)
    family.case(name, layer, options, values, masks=masks, call=with_masks(call_options),
                options=camel_options(call_options), training=True)


for name in ["Attention", "AdditiveAttention"]:
    make = getattr(keras.layers, name)
    choices = [{}, {"use_scale": True}, {"use_scale": False}]
    if name == "Attention":
        choices += [{"score_mode": "concat"}, {"score_mode": "concat", "use_scale": True}]
    for options in choices:
        config = {**camel_options(options)}
        key_free = [QUERY, (2, 4, 4)]
        case(f"{name} {options}", make(**options), config, key_free)
        case(f"{name} {options} key", make(**options), config, [QUERY, VALUE, KEY])
        case(f"{name} {options} masks", make(**options), config, key_free, [QUERY_MASK, VALUE_MASK])
    case(f"{name} value mask", make(), {}, [QUERY, VALUE, KEY], [None, VALUE_MASK, None])
    case(f"{name} query mask", make(), {}, [QUERY, VALUE, KEY], [QUERY_MASK, None, None])
    case(f"{name} causal", make(), {}, [QUERY, VALUE, KEY], None, {"use_causal_mask": True})
    case(f"{name} causal, masks, scores", make(), {}, [QUERY, VALUE, KEY],
         [QUERY_MASK, numpy.array([[1, 0, 1, 1], [1, 1, 0, 0]]), None],
         {"use_causal_mask": True, "return_attention_scores": True})

HEADS = {"num_heads": 2, "key_dim": 3}


def multi(name, options=None, shapes=(QUERY, (2, 4, 4)), masks=None, call_options=None):
    options = {**HEADS, **(options or {})}
    config = {key: list(value) if isinstance(value, tuple) else value
              for key, value in camel_options(options).items()}
    layer = keras.layers.MultiHeadAttention(**options)
    case(f"MultiHeadAttention {name}", layer, config, list(shapes), masks, call_options)


SCORES = {"return_attention_scores": True}
FULLY = numpy.array([[0, 0, 0, 0], [1, 1, 0, 0]])
multi("plain")
multi("key of other features", shapes=(QUERY, VALUE, (2, 4, 5)))
multi("value_dim", {"value_dim": 2})
multi("no bias", {"use_bias": False})
multi("one head", {"num_heads": 1})
multi("scores", call_options=SCORES)
multi("output_shape", {"output_shape": 5})
multi("output_shape of two axes", {"output_shape": (2, 3)})
multi("causal", call_options={"use_causal_mask": True})
multi("causal scores", call_options={"use_causal_mask": True, **SCORES})
multi("sliding_window", {"sliding_window": 2})
multi("sliding_window causal", {"sliding_window": 2}, call_options={"use_causal_mask": True, **SCORES})
multi("gate", {"use_gate": True, "value_dim": 2})
multi("query mask", masks=[QUERY_MASK, None])
multi("value mask", masks=[None, VALUE_MASK])
multi("query and value mask", masks=[QUERY_MASK, VALUE_MASK], call_options=SCORES)
multi("all masks, causal", shapes=(QUERY, VALUE, KEY),
      masks=[QUERY_MASK, VALUE_MASK, numpy.array([[1, 1, 1, 0], [1, 1, 1, 1]])],
      call_options={"use_causal_mask": True, **SCORES})
multi("no key seen", masks=[None, FULLY])
multi("no key seen, scores", masks=[None, FULLY], call_options=SCORES)
PAIRS = [[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 1, 1]]
multi("attention_mask of pairs", call_options={"attention_mask": PAIRS})
multi("attention_mask of samples", call_options={"attention_mask": [PAIRS, PAIRS[::-1]]})
multi("attention_mask of samples and heads",
      call_options={"attention_mask": [[PAIRS], [PAIRS[::-1]]], **SCORES})
multi("attention_mask of keys, others", masks=[QUERY_MASK, VALUE_MASK],
      call_options={"attention_mask": [[[1, 1, 1, 0]], [[0, 1, 1, 1]]], "use_causal_mask": True, **SCORES})
multi("four axes", shapes=((2, 2, 3, 4), (2, 2, 2, 4)), call_options=SCORES)
multi("attention_axes 2", {"attention_axes": 2}, shapes=((2, 2, 3, 4), (2, 2, 4, 4)), call_options=SCORES)
multi("attention_axes -2", {"attention_axes": (-2,)}, shapes=((2, 2, 3, 4), (2, 2, 3, 4)))
multi("attention_axes 1", {"attention_axes": (1,), "value_dim": 2}, shapes=((2, 3, 2, 4), (2, 2, 2, 4)),
      call_options=SCORES)
multi("attention_axes 1 and 3", {"attention_axes": (1, 3)}, shapes=((2, 2, 2, 3, 4), (2, 1, 2, 2, 4)),
      call_options=SCORES)
family.write()
