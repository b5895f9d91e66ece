# Functions for the other scripts: find Swift, install missing packages, show failed tests.
# A script sources it from the root of the repository: source scripts/lib/setup.sh

# find_swift: puts a Swift toolchain on the PATH if none is there. Exits 3 if it finds none.
find_swift() {
  local candidate
  command -v swift >/dev/null && return
  for candidate in "$HOME/.local/share/swiftly/bin" /usr/local/swift/usr/bin /usr/share/swift/usr/bin; do
    if [ -x "$candidate/swift" ]; then
      PATH="$candidate:$PATH"
      return
    fi
  done
  echo "no Swift toolchain found; install Swift 6.2 or newer: https://www.swift.org/install" >&2
  exit 3
}

# toolchain_folder: prints the folder with the toolchain's other programs, such as clang and llvm-cov.
toolchain_folder() { dirname "$(readlink -f "$(command -v swift)")"; }

# install_missing COMMAND=PACKAGE...: installs the packages whose command is missing.
install_missing() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# install_missing_files PATTERN=PACKAGE...: installs the packages for which no file matches the pattern.
install_missing_files() {
  local pair missing=()
  for pair in "$@"; do
    compgen -G "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# install_build_tools: installs what a build needs besides Swift, if it is missing: the shader compiler, the Vulkan
# headers, and the libraries of the codecs.
install_build_tools() {
  install_missing glslangValidator=glslang-tools
  install_missing_files /usr/include/vulkan/vulkan.h=libvulkan-dev /usr/include/zlib.h=zlib1g-dev \
    /usr/include/zstd.h=libzstd-dev /usr/include/libdeflate.h=libdeflate-dev /usr/include/bzlib.h=libbz2-dev \
    /usr/include/lzma.h=liblzma-dev /usr/include/isa-l/igzip_lib.h=libisal-dev
}

# install_packages PACKAGE...: installs packages with apt-get, through sudo unless run by root. Exits 3 if it cannot.
install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "cannot install packages without root; install: $*" >&2; exit 3; }
    as_root=(sudo)
  fi
  command -v apt-get >/dev/null || { echo "cannot install packages without apt-get; install: $*" >&2; exit 3; }
  echo "installing: $*"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

# print_failures LOG: prints the first failures in a log of `swift build` or `swift test` to standard error.
print_failures() { grep -aE '✘|error:' "$1" | cut -c1-300 | head -40 >&2; }
