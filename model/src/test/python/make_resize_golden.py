#!/usr/bin/env python3
"""Writes what Pillow makes of a small image: resized with three filters, and prepared as CLIP does it.

Needs Pillow (Debian: python3-pil); the golden file was made with 9.4.0. Run from the repository's root:
    /usr/bin/python3 model/src/test/python/make_resize_golden.py
"""
import base64
import json
import random

import PIL
from PIL import Image

TARGET = "model/src/test/resources/org/cl2cm/model/vision/resize-golden.json"
WIDTH, HEIGHT = 37, 23
FILTERS = {"lanczos": Image.LANCZOS, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
# Down, up, mixed, one direction only, to one pixel, to odd strips.
SIZES = [(16, 11), (50, 31), (7, 29), (37, 10), (12, 23), (1, 1), (61, 1)]


def source():
    """Hard edges over a gradient over noise, so that every filter overshoots somewhere."""
    generator = random.Random(20260101)
    data = bytearray()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            edge = 255 if (x // 5 + y // 4) % 2 else 0
            data += bytes([edge, (x * 255 // WIDTH + generator.randrange(40)) % 256, generator.randrange(256)])
    return Image.frombytes("RGB", (WIDTH, HEIGHT), bytes(data))


def text(image):
    return base64.b64encode(image.tobytes()).decode()


def prepared(image, edge, crop):
    """transformers' CLIPImageProcessor: shorter edge, centre crop with black around, 1/255, mean and std."""
    width, height = image.size
    if width < height:
        size = (edge, int(edge * height / width))
    else:
        size = (int(edge * width / height), edge)
    image = image.resize(size, Image.BICUBIC)
    left, top = (size[0] - crop) // 2, (size[1] - crop) // 2
    image = image.crop((left, top, left + crop, top + crop))
    mean = [0.48145466, 0.4578275, 0.40821073]
    std = [0.26862954, 0.26130258, 0.27577711]
    return [
        [[round((image.getpixel((x, y))[c] / 255 - mean[c]) / std[c], 6) for x in range(crop)] for y in range(crop)]
        for c in range(3)
    ]


image = source()
golden = {
    "pillow": PIL.__version__,
    "width": WIDTH,
    "height": HEIGHT,
    "rgb": text(image),
    "resized": [
        {"filter": name, "width": size[0], "height": size[1], "rgb": text(image.resize(size, number))}
        for name, number in FILTERS.items()
        for size in SIZES
    ],
    "clip": [{"edge": edge, "crop": crop, "nchw": prepared(image, edge, crop)} for edge, crop in [(12, 11), (9, 14)]],
}
with open(TARGET, "w", encoding="utf-8") as out:
    json.dump(golden, out)
    out.write("\n")
