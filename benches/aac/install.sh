# For compare and speed: installs the peer as its lock file says, without running what packages want to run, and then builds
# the one package of it that is not JavaScript, SQLite, from its own source.
[[ $(node --version) =~ ^v([0-9]+) && ${BASH_REMATCH[1]} -ge 20 ]] || {
  echo "The peer, @willwade/aac-processors, needs Node 20 or newer; $(node --version) is here." >&2
  exit 1
}
(
  cd benches/aac
  [[ -e node_modules/.heard-installed && ! package-lock.json -nt node_modules/.heard-installed ]] || {
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    npm_config_build_from_source=true npm rebuild better-sqlite3 --loglevel=error
    touch node_modules/.heard-installed
  }
)
