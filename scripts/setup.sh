# Sourced by the other scripts: finds a Swift toolchain and installs what a build needs besides it.

# Where toolchains are usually unpacked, if none is on the PATH.
find_swift() {
  local candidate
  command -v swift >/dev/null && return
  for candidate in "$HOME/.local/share/swiftly/bin" /usr/local/swift/usr/bin /usr/share/swift/usr/bin; do
    if [ -x "$candidate/swift" ]; then
      PATH="$candidate:$PATH"
      return
    fi
  done
  echo "a Swift toolchain, 6.2 or newer, is needed: https://www.swift.org/install" >&2
  exit 3
}

# install_missing COMMAND=PACKAGE...: with apt-get, for those whose command is not there.
install_missing() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# install_missing_files PATTERN=PACKAGE...: the same for packages that have no command but files.
install_missing_files() {
  local pair missing=()
  for pair in "$@"; do
    compgen -G "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# What the shaders are compiled with.
install_shader_tools() {
  install_missing glslangValidator=glslang-tools
  install_missing_files /usr/include/vulkan/vulkan.h=libvulkan-dev
}

# install_packages PACKAGE...: with apt-get, whether they are there or not.
install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "please install: $*" >&2; exit 3; }
    as_root=(sudo)
  fi
  command -v apt-get >/dev/null || { echo "please install: $*" >&2; exit 3; }
  echo "installing: $*"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}
