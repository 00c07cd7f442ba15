# shellcheck shell=bash
# Sourced by ./styk and ./check, so that both build the same program from the same DuckDB library.
# The folder of the project is expected in `root`.

duckdb_package_version=1.5.5-r.5

# Stops with a message and the remedy.
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Prints the SHA-256 of the file `$1` in hexadecimal.
sha256_of() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# Finds the official library of this machine; sets `platform`, `library_name` and what it must hash to.
# `platform` stays empty where there is none.
find_platform() {
    platform='' library_name=libduckdb.so package_sha256='' library_sha256=''
    case "$(uname -s)-$(uname -m)" in
    Linux-x86_64)
        platform=linux-x64
        package_sha256=86d2bda909785550e8a14a57a8a4584827aff0e268d8f1a58c3fd48559f7020e
        library_sha256=fc23f12e376c47be520f75221288281906e7942e8fd6f6ce4849198ba60d0405
        ;;
    Linux-aarch64)
        platform=linux-arm64
        package_sha256=3b85f3ea438f7dc3691d7b5e6e4222ffe9127fd17885f96ca72e0c99925c348e
        library_sha256=d00d007f3f7ca1f2896a5e4b89c2ce141bf0508506a9d6d56f9598b8e59d074e
        ;;
    Darwin-arm64)
        platform=darwin-arm64 library_name=libduckdb.dylib
        package_sha256=08b3cfd7d4d620a5fb67ef49db28551b767107266af3a8e2600e49d99ee59456
        library_sha256=b9027d18ef3e8d960568f77e946a83ca68009cb22d71cf7f94de842afdd094d8
        ;;
    Darwin-x86_64)
        platform=darwin-x64 library_name=libduckdb.dylib
        package_sha256=1266f62ac7c02f7971554a2b0b2c4c19923a97258bfdf1b203873e174e7a28c4
        library_sha256=b9027d18ef3e8d960568f77e946a83ca68009cb22d71cf7f94de842afdd094d8
        ;;
    esac
    # The official Linux libraries need glibc; with another libc, DuckDB is compiled.
    if [ "$platform" ] && [ -e /etc/alpine-release ]; then platform=''; fi
}

# Fetches, verifies and places the library in DUCKDB_LIB_DIR: either all of it is there afterwards, or nothing.
fetch_library() (
    package="@duckdb/node-bindings-$platform@$duckdb_package_version"
    echo "fetching DuckDB's official library ($package), once" >&2
    mkdir -p "$DUCKDB_LIB_DIR"
    place=$(mktemp -d "$DUCKDB_LIB_DIR/fetching.XXXXXX")
    trap 'rm -rf "$place"' EXIT
    archive=$(cd "$place" && npm pack --silent --ignore-scripts "$package") ||
        fail "npm could not fetch $package: check the network and try again," \
            "or compile DuckDB instead (about half an hour): cargo build --release --features bundled"
    [ "$(sha256_of "$place/$archive")" = "$package_sha256" ] ||
        fail "$package is not what it was when it was pinned; nothing of it is used." \
            "Compile DuckDB instead: cargo build --release --features bundled"
    tar -xzf "$place/$archive" -C "$place" "package/$library_name"
    [ "$(sha256_of "$place/package/$library_name")" = "$library_sha256" ] ||
        fail "the library in $package is not the pinned one; nothing of it is used."
    # The archive's files are dated 1985; cargo should see a new one.
    touch "$place/package/$library_name"
    mv -f "$place/package/$library_name" "$DUCKDB_LIB_DIR/$library_name"
)

# Places the library unless the right one lies there already. Hashing takes half a second, so its result is kept.
place_library() {
    local library="$DUCKDB_LIB_DIR/$library_name" verified="$DUCKDB_LIB_DIR/verified.sha256"
    if [ -f "$library" ]; then
        if [ -f "$verified" ] && [ "$(cat "$verified")" = "$library_sha256" ]; then return; fi
        if [ "$(sha256_of "$library")" != "$library_sha256" ]; then fetch_library; fi
    else
        fetch_library
    fi
    echo "$library_sha256" >"$verified"
}

# Makes everything ready for cargo: the target folder (`target`), the library, and the options (`build_options`) that
# every cargo command which compiles takes, so that none of them compiles again what another has.
prepare_build() {
    command -v cargo >/dev/null || fail "cargo is missing: install Rust 1.95 or newer"
    target=${CARGO_TARGET_DIR:-$root/target}
    case "$target" in /*) ;; *) target=$PWD/$target ;; esac
    build_options=(--release --locked)
    export CARGO_TARGET_DIR=$target DUCKDB_LIB_DIR=$target/duckdb
    find_platform
    if [ -z "$platform" ]; then
        echo "DuckDB offers no library for $(uname -s) on $(uname -m): compiling it (about half an hour, once)" >&2
        build_options+=(--features bundled)
    elif [ ! -f "$DUCKDB_LIB_DIR/$library_name" ] && ! command -v npm >/dev/null; then
        echo "npm is missing, so DuckDB's library cannot be fetched: compiling it (about half an hour, once)" >&2
        build_options+=(--features bundled)
    else
        place_library
    fi
}
