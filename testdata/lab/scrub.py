"""scrub.py FILE...: replaces kernel and processor in pcapng files.

Programs that write pcapng record the kernel and processor they ran on. The values
are replaced in place by "Linux" and "x86-64".
"""

import struct
import sys

SECTION, INTERFACE = 0x0A0D0D0A, 1
FIXED = {SECTION: 16, INTERFACE: 8}  # bytes of the body before the options
PLAIN = {
    (SECTION, 2): b"x86-64",  # shb_hardware
    (SECTION, 3): b"Linux",  # shb_os
    (INTERFACE, 12): b"Linux",  # if_os
    (INTERFACE, 15): b"veth",  # if_hardware
}


def pad(value):
    return value + bytes(-len(value) % 4)


def options(kind, data):
    out = b""
    while len(data) >= 4:
        code, length = struct.unpack_from("<HH", data)
        value = PLAIN.get((kind, code), data[4 : 4 + length])
        out += struct.pack("<HH", code, len(value)) + pad(value)
        data = data[4 + length + -length % 4 :]
    return out


def blocks(data):
    while data:
        kind, length = struct.unpack_from("<II", data)
        body = data[8 : length - 4]
        if kind == SECTION:
            body = body[:8] + b"\xff" * 8 + body[16:]  # its length changes: not stated
        if kind in FIXED:
            body = body[: FIXED[kind]] + options(kind, body[FIXED[kind] :])
        yield struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
        data = data[length:]


for name in sys.argv[1:]:
    with open(name, "rb") as f:
        clean = b"".join(blocks(f.read()))
    with open(name, "wb") as f:
        f.write(clean)
