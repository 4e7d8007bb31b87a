#!/usr/bin/env bash
# Makes the files of this directory with the zstd program (1.5).
set -euo pipefail
cd "$(dirname "$0")"
for level in 1 5 19; do
  seq 1 8000 | zstd -q -"$level" > "seq-$level.zst"
done
seq 1 40000 | zstd -q -12 > seq-12.zst
seq 1 4000 | zstd -q --fast=7 --no-check > seq-fast.zst
seq 1 4000 > seq
zstd -q -f --ultra -22 --long=27 seq -o seq-size.zst
head -c 300000 /dev/zero | zstd -q > zeros.zst
head -c 300000 /dev/zero | zstd -q --ultra -22 --long=27 > zeros-window.zst
printf hello | zstd -q > hello.zst
printf '' | zstd -q > empty.zst
rm seq
# short-weights.zst was found by changing bits of a frame: its Huffman weights end
# with a state that lacks bits.
