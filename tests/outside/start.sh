# Starts PostgreSQL, Garage, moto, an SMTP server and ClamAV on free ports of 127.0.0.1, in one temporary folder, and stops them
# and removes the folder when tests/run ends, however it ends. Read by tests/run.
#
# The tests learn where things are from these variables, and fail where one is missing:
#   HEARD_TEST_POSTGRES_URL  a cluster in which they may make databases; commits are durable, as in life
#   HEARD_TEST_S3_URL        Garage, in the form of HEARD_STORAGE_URL; AWS_ACCESS_KEY_ID may make buckets
#   HEARD_TEST_MOTO_URL      moto, in the same form
#   HEARD_TEST_SMTP          host:port of the SMTP server
#   HEARD_TEST_MAILDIR       the Maildir that it writes
#   HEARD_TEST_CLAMD         ClamAV's socket; it takes at most 4 MiB, and knows EICAR's test file and one
#                            harmless marker of ours as malware
#   HEARD_TEST_CHROMIUM      a browser
#   HEARD_TEST_GARAGE, HEARD_TEST_POSTGRES_BIN  Garage's program and the folder of PostgreSQL's, for tests that kill one
#   HEARD_TEST_PYTHON        a Python with boto3, for the benches

scratch=
started=()
stop_postgres=

start_outside() {
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/heard-tests.XXXXXX")
  chmod 711 "$scratch"
  trap stop_outside EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  local ports
  mapfile -t ports < <(free_ports 6)
  start_postgres "${ports[0]}"
  start_garage "${ports[1]}" "${ports[2]}" "${ports[3]}"
  start_moto "${ports[4]}"
  start_smtp "${ports[5]}"
  start_clamd
  HEARD_TEST_CHROMIUM=$(command -v chromium) || fail "chromium is not here"
  export HEARD_TEST_CHROMIUM HEARD_TEST_GARAGE=$garage HEARD_TEST_POSTGRES_BIN=$postgres_bin HEARD_TEST_PYTHON=$python_home/bin/python
}

stop_outside() {
  local status=$? process
  trap - EXIT INT TERM
  for process in "${started[@]}"; do
    kill "$process" 2>/dev/null || true
  done
  [[ -n $stop_postgres ]] && as_postgres "$postgres_bin/pg_ctl" -D "$scratch/postgres/data" -m immediate -s stop || true
  wait 2>/dev/null || true
  [[ -n $scratch ]] && rm -rf "$scratch"
  exit "$status"
}

free_ports() {
  /usr/bin/python3 - "$1" <<'PYTHON'
import socket, sys
held = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in held:
    s.bind(("127.0.0.1", 0))
for s in held:
    print(s.getsockname()[1])
PYTHON
}

random_hex() {
  od -An -tx1 -N"$1" /dev/urandom | tr -d ' \n'
}

# Waits up to 60 seconds until a port of 127.0.0.1 answers.
wait_for_port() {
  local port=$1 what=$2 log=$3 try
  for ((try = 0; try < 600; try++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      return 0
    fi
    sleep 0.1
  done
  tail -n 30 "$log" >&2 || true
  fail "$what did not start within 60 seconds"
}

# PostgreSQL refuses to run as root, so root runs it as the user that its package made.
as_postgres() {
  if ((EUID == 0)); then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

start_postgres() {
  local port=$1 home=$scratch/postgres
  mkdir "$home"
  if ((EUID == 0)); then chown postgres "$home"; fi
  cd "$home"
  as_postgres "$postgres_bin/initdb" -D "$home/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    >"$scratch/initdb.log" 2>&1 || { cat "$scratch/initdb.log" >&2; fail "initdb did not work"; }
  as_postgres tee -a "$home/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$home'
max_connections = 400
fsync = on
synchronous_commit = on
log_min_messages = fatal
CONF
  as_postgres "$postgres_bin/pg_ctl" -D "$home/data" -l "$home/log" -w -s start || { cat "$home/log" >&2; fail "PostgreSQL did not start"; }
  stop_postgres=yes
  cd "$OLDPWD"
  export HEARD_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
}

start_garage() {
  local s3=$1 rpc=$2 admin=$3 home=$scratch/garage key secret
  mkdir "$home"
  key=GK$(random_hex 12)
  secret=$(random_hex 32)
  cat >"$home/garage.toml" <<CONF
metadata_dir = "$home/meta"
data_dir = "$home/data"
db_engine = "sqlite"
metadata_fsync = true
data_fsync = true
replication_factor = 1
rpc_bind_addr = "127.0.0.1:$rpc"
rpc_public_addr = "127.0.0.1:$rpc"
rpc_secret = "$(random_hex 32)"

[s3_api]
s3_region = "garage"
api_bind_addr = "127.0.0.1:$s3"
root_domain = ".s3.garage.localhost"

[admin]
api_bind_addr = "127.0.0.1:$admin"
CONF
  chmod 600 "$home/garage.toml"
  GARAGE_DEFAULT_ACCESS_KEY=$key GARAGE_DEFAULT_SECRET_KEY=$secret GARAGE_DEFAULT_BUCKET=heard-test RUST_LOG=warn \
    "$garage" -c "$home/garage.toml" server --single-node --default-bucket >"$home/log" 2>&1 &
  started+=($!)
  wait_for_port "$s3" Garage "$home/log"
  # Each test makes a bucket of its own.
  local try
  for ((try = 0; try < 50; try++)); do
    if "$garage" -c "$home/garage.toml" key allow --create-bucket "$key" >"$home/allow.log" 2>&1; then break; fi
    sleep 0.2
  done
  ((try < 50)) || { cat "$home/allow.log" "$home/log" >&2; fail "Garage did not let the key make buckets"; }
  export AWS_ACCESS_KEY_ID=$key AWS_SECRET_ACCESS_KEY=$secret
  unset AWS_SESSION_TOKEN AWS_PROFILE
  export HEARD_TEST_S3_URL="s3://heard-test?endpoint=http://127.0.0.1:$s3&region=garage&path_style=true"
}

start_moto() {
  local port=$1
  "$python_home/bin/moto_server" -H 127.0.0.1 -p "$port" >"$scratch/moto.log" 2>&1 &
  started+=($!)
  wait_for_port "$port" moto "$scratch/moto.log"
  export HEARD_TEST_MOTO_URL="s3://heard-test?endpoint=http://127.0.0.1:$port&region=us-east-1&path_style=true"
  curl -fsS -X PUT "http://127.0.0.1:$port/heard-test" >/dev/null || fail "moto did not make a bucket"
}

start_smtp() {
  local port=$1
  "$python_home/bin/aiosmtpd" -n -l "127.0.0.1:$port" -c aiosmtpd.handlers.Mailbox "$scratch/mail" >"$scratch/smtp.log" 2>&1 &
  started+=($!)
  wait_for_port "$port" "the SMTP server" "$scratch/smtp.log"
  export HEARD_TEST_SMTP="127.0.0.1:$port"
  export HEARD_TEST_MAILDIR="$scratch/mail"
}

# ClamAV with a list of our own, so that it starts at once and fetches nothing: files that hold the marker of
# `tests/service/scanned.rs` anywhere, and files that hold the end of EICAR's test file anywhere. ClamAV compares the words of
# web pages (3) and of plain text in wide letters (7) in small letters only. Its name is written in two parts, so that no
# scanner finds it here.
start_clamd() {
  local home=$scratch/clamd eicar='EICAR-STANDARD-ANTIVIRUS-TEST-FILE!''$H+H*' try
  mkdir -p "$home/list"
  {
    signature Heard.Test.Marker 0 heard-test-marker-that-harms-nobody
    signature Heard.Test.Eicar 0 "$eicar"
    signature Heard.Test.Eicar.Page 3 "${eicar,,}"
    signature Heard.Test.Eicar.Text 7 "${eicar,,}"
  } >"$home/list/heard.ndb"
  cat >"$home/clamd.conf" <<CONF
LocalSocket $home/socket
DatabaseDirectory $home/list
Foreground yes
StreamMaxLength 4M
AlertExceedsMax yes
CONF
  /usr/sbin/clamd --config-file="$home/clamd.conf" >"$home/log" 2>&1 &
  started+=($!)
  for ((try = 0; try < 600; try++)); do
    [[ -S $home/socket ]] && break
    sleep 0.1
  done
  ((try < 600)) || { tail -n 30 "$home/log" >&2; fail "ClamAV did not start within 60 seconds"; }
  export HEARD_TEST_CLAMD="$home/socket"
}

# A line of ClamAV's list: a name, the kind of file, and what is found anywhere in it.
signature() {
  printf '%s:%s:*:%s\n' "$1" "$2" "$(printf '%s' "$3" | od -An -tx1 | tr -d ' \n')"
}
