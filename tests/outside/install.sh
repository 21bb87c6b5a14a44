# Installs what the tests need and what is not here yet. Read by tests/run.
#
# Debian's own packages come from apt. Four things come from elsewhere, each with its version, and are kept in
# ${XDG_CACHE_HOME:-~/.cache}/heard, outside `target`, so that cleaning a build does not throw them away:
#   Garage      a real S3 server that nobody here wrote; run as a process of its own, never linked
#   cargo-deny  looks at licences, sources and banned crates
#   moto        a second S3 server, because Garage takes parts under 5 MiB and Amazon does not
#   aiosmtpd    a real SMTP server that puts what it gets into a Maildir

cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/heard
garage_version=2.5.0
deny_version=0.20.2
python_packages=('moto[server]==5.2.5' 'aiosmtpd==1.4.6')

garage=$cache/garage-$garage_version/bin/garage
deny=$cache/cargo-deny-$deny_version/bin/cargo-deny
python_home=$cache/python-$(printf '%s\n' "${python_packages[@]}" | cksum | cut -d' ' -f1)
postgres_bin=

install_missing() {
  mkdir -p "$cache"
  install_debian_packages
  find_postgres
  need cargo "Install Rust 1.95 or later (https://rustup.rs)."
  cargo fmt --version >/dev/null || fail "cargo fmt is missing. Run: rustup component add rustfmt"
  cargo clippy --version >/dev/null || fail "cargo clippy is missing. Run: rustup component add clippy"
  install_python_packages
  install_with_cargo garage "$garage_version" "$garage" --release
  install_node_packages tests/clients
  # Only starting what tests need does not need what looks at packages and pages.
  ((${#command[@]})) && return 0
  install_with_cargo cargo-deny "$deny_version" "$deny" --debug
  if [[ $browser == yes ]]; then
    install_node_packages accessibility/checks
  fi
}

fail() {
  echo "tests/run: $*" >&2
  exit 1
}

need() {
  command -v "$1" >/dev/null || fail "$1 is not here. $2"
}

# Each line: what must be there (a command or a file), and the package that brings it.
debian_needs() {
  cat <<'NEEDS'
/usr/lib/postgresql postgresql
/usr/bin/python3 python3
/usr/lib/python3/dist-packages/pip python3-pip
/usr/share/doc/python3-venv python3-venv
chromium chromium
firefox-esr firefox-esr
ffmpeg ffmpeg
ffprobe ffmpeg
espeak-ng espeak-ng
heif-enc libheif-examples
pdftoppm poppler-utils
bwrap bubblewrap
vips libvips-tools
tesseract tesseract-ocr
unzip unzip
soffice libreoffice-writer-nogui
strace strace
qpdf qpdf
exiftool libimage-exiftool-perl
curl curl
/usr/sbin/clamd clamav-daemon
cc build-essential
node nodejs
java default-jre-headless
npm npm
runuser util-linux
Xvfb xvfb
dbus-daemon dbus
/usr/libexec/at-spi-bus-launcher at-spi2-core
/usr/share/doc/gir1.2-atspi-2.0 gir1.2-atspi-2.0
/usr/share/doc/gir1.2-wnck-3.0 gir1.2-wnck-3.0
/usr/share/doc/python3-pyatspi python3-pyatspi
/usr/share/doc/python3-speechd python3-speechd
orca orca
speech-dispatcher speech-dispatcher
openbox openbox
xdotool xdotool
faketime faketime
/usr/share/doc/fonts-dejavu-core fonts-dejavu-core
NEEDS
}

install_debian_packages() {
  local what package missing=()
  while read -r what package; do
    if [[ $what == /* ]]; then
      [[ -e $what ]] || missing+=("$package")
    else
      command -v "$what" >/dev/null || missing+=("$package")
    fi
  done < <(debian_needs)
  ((${#missing[@]})) || return 0
  local list
  list=$(printf '%s\n' "${missing[@]}" | sort -u | tr '\n' ' ')
  command -v apt-get >/dev/null || fail "these Debian packages are missing and there is no apt-get here: $list"
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "these packages are missing and only root can install them: $list"
    as_root=(sudo -n)
    sudo -n true 2>/dev/null || fail "these packages are missing: $list. Install them, or run this where sudo asks for no password."
  fi
  echo "installing: $list"
  # RUNLEVEL=1: packages that bring a service (ClamAV's would fetch signatures) do not start it.
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=400 -qq)
  "${apt[@]}" update || fail "apt-get update did not work, and these packages are missing: $list"
  # PostgreSQL's package starts a cluster of its own unless it is told not to; the tests bring theirs.
  if [[ ! -e /etc/postgresql-common/createcluster.conf && $list == *postgresql* ]]; then
    "${as_root[@]}" mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  # shellcheck disable=SC2086
  "${apt[@]}" install -y --no-install-recommends $list >"$cache/apt.log" 2>&1 || {
    tail -n 30 "$cache/apt.log" >&2
    fail "apt-get could not install: $list"
  }
}

find_postgres() {
  local folder
  for folder in /usr/lib/postgresql/*/bin; do
    [[ -x $folder/initdb && -x $folder/postgres ]] && postgres_bin=$folder
  done
  [[ -n $postgres_bin ]] || fail "PostgreSQL's initdb is not under /usr/lib/postgresql. Install the package postgresql."
}

install_python_packages() {
  [[ -x $python_home/bin/moto_server && -x $python_home/bin/aiosmtpd ]] && return 0
  echo "installing ${python_packages[*]} into $python_home"
  rm -rf "$python_home"
  /usr/bin/python3 -m venv "$python_home" || fail "python3 -m venv did not work (package python3-venv)"
  "$python_home/bin/pip" install --quiet --disable-pip-version-check "${python_packages[@]}" ||
    fail "pip could not install ${python_packages[*]}"
}

# A build that is interrupted goes on where it stopped: its folder is kept until it has finished.
install_with_cargo() {
  local crate=$1 version=$2 binary=$3 profile=$4 root
  [[ -x $binary ]] && return 0
  root=$(dirname "$(dirname "$binary")")
  local flags=()
  [[ $profile == --debug ]] && flags=(--debug)
  mkdir -p "$root"
  echo "building $crate $version into $root (once)"
  exec {lock}>"$root/lock"
  flock "$lock"
  if [[ ! -x $binary ]]; then
    CARGO_TARGET_DIR=$root/building CARGO_PROFILE_DEV_DEBUG=0 \
      cargo install "$crate" --version "$version" --locked --quiet "${flags[@]}" --root "$root" ||
      fail "cargo install $crate --version $version did not work"
    rm -rf "$root/building"
  fi
  exec {lock}>&-
}

cargo_deny() {
  "$deny" --locked --all-features "$@"
}

install_node_packages() {
  local folder=$1 major
  major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  ((major >= 18)) || fail "node $(node --version) is too old; 18 or later is needed"
  if [[ ! -e $folder/node_modules/.heard-installed || $folder/package-lock.json -nt $folder/node_modules/.heard-installed ]]; then
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || fail "npm ci did not work in $folder"
    touch "$folder/node_modules/.heard-installed"
  fi
}
