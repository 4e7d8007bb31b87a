#!/usr/bin/env python3
"""make.py: writes messages.txt, the body of a Certificate of TLS 1.3 (RFC 8446 section 4.4.2) that openssl made, and what Python's zlib and the programs brotli and zstd compress it to.

A line has a name and the bytes in hexadecimal."""
import subprocess, tempfile, zlib

with tempfile.TemporaryDirectory() as tmp:
    subprocess.run("openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 3650 -subj /CN=keys.example".split(), cwd=tmp, check=True, stderr=subprocess.DEVNULL)
    der = subprocess.run("openssl x509 -in cert.pem -outform DER".split(), cwd=tmp, capture_output=True, check=True).stdout
entry = len(der).to_bytes(3, "big") + der + b"\0\0"
body = b"\0" + len(entry).to_bytes(3, "big") + entry
with open("messages.txt", "w") as f:
    print("certificate", body.hex(), file=f)
    print("zlib", zlib.compress(body, 9).hex(), file=f)
    for program in ["brotli", "-c"], ["zstd", "-c", "-19"]:
        print(program[0], subprocess.run(program, input=body, capture_output=True, check=True).stdout.hex(), file=f)
