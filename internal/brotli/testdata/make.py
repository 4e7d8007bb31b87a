#!/usr/bin/env python3
"""Makes the files of this directory with libbrotlienc (1.0 or 1.1)."""
import ctypes
import os

os.chdir(os.path.dirname(os.path.abspath(__file__)))
encoder = ctypes.CDLL("libbrotlienc.so.1")
GENERIC, TEXT, FONT = range(3)


def make(name, content, quality, window=22, mode=GENERIC):
    size = ctypes.c_size_t(len(content) + 4096)
    out = ctypes.create_string_buffer(size.value)
    assert encoder.BrotliEncoderCompress(quality, window, mode, ctypes.c_size_t(len(content)), content, ctypes.byref(size), out)
    with open(name + ".br", "wb") as f:
        f.write(out.raw[: size.value])


def seq(n):
    return "".join(f"{i}\n" for i in range(1, n + 1)).encode()


words = b"The time of the people is not the only one: it was available for more than 1,000 days. Download this, and read it with Microsoft."
for quality in 0, 1, 2, 5, 9, 11:
    make(f"seq-{quality}", seq(40000 if quality == 5 else 8000), quality)
make("seq-window", seq(40000), 9, 10)
make("seq-font", seq(8000), 11, 18, FONT)
make("words", words, 11, 22, TEXT)
make("zeros", bytes(300000), 11)
make("hello", b"hello", 11)
make("empty", b"", 11)
