#!/bin/bash -eu
# Builds every fuzz target of the module for OSS-Fuzz, which runs this in its Go image
# with the checkout in $SRC/sightline. A target is named for its package and function.
cd "$SRC/sightline"
module=$(go list -m)
for package in $(go list ./...); do
  for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz'); do
    name=$(echo "${package#"$module"/}" | tr / _)_$target
    compile_native_go_fuzzer_v2 "$package" "$target" "$name"
  done
done
