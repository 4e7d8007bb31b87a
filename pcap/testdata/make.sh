#!/usr/bin/env bash
# Compresses testdata/nano.pcap with the programs zstd (1.5) and bzip2 (1.0).
set -euo pipefail
cd "$(dirname "$0")"
zstd -q -f -19 ../../testdata/nano.pcap -o nano.pcap.zst
bzip2 -9 -c ../../testdata/nano.pcap > nano.pcap.bz2
