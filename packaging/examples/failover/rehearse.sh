#!/bin/bash
# Rehearses a failover of PostgreSQL on one machine: etcd, two PostgreSQL under Patroni, and HAProxy, with the files beside this
# one, at addresses of loopback and with data in a directory of its own. Breaks things while a client writes by every way to the
# primary, and tells for how long nothing was acknowledged and what was lost. Then takes both data directories away, and
# restores the database to a moment, from a base backup and the archived log.
#
#   apt install --no-install-recommends postgresql patroni etcd-server haproxy openssl curl
#   sudo -u postgres bash rehearse.sh DIRECTORY [ZAGUAN]
#
# The directory must not be there yet; it is left for you to look at. With the program zaguan two portals are started, too, and
# asked for recovery all the time, which each has to write down before it answers.
#
# Nothing outside the directory is touched. Not as root, for PostgreSQL refuses it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
directory=${1:?which directory? It must not be there yet.}
mkdir "$directory"
directory=$(cd "$directory" && pwd)
zaguan=${2:-}
patience=120

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }
now() { date +%s%3N; }

# Ends what this script has started, and nothing else.
finish() {
  touch "$directory/enough"
  for file in "$directory"/*.pid; do
    [ -e "$file" ] && kill "$(cat "$file")" 2>/dev/null
  done
  for node in pg1 pg2; do
    /usr/lib/postgresql/15/bin/pg_ctl -D "$directory/$node/data" -m immediate stop >/dev/null 2>&1
  done
  wait
}
trap 'set +e; finish' EXIT

# The file of the example, for this machine: other addresses, other paths, passwords of its own.
localized() {
  sed -e 's/10\.0\.0\.0\/24/127.0.0.0\/8/; s/10\.0\.0\.1\([0-9]\)/127.0.99.1\1/g; s/CHANGE-ME/rehearsal/' \
    -e "s|/etc/zaguan-postgres|$directory|; s|/srv/wal|$directory/wal|g" \
    -e "s|/var/lib/postgresql/15/zaguan|$directory/NODE/data|; s|/var/lib/postgresql|$directory/NODE|" \
    -e "s|/var/run/postgresql|$directory/NODE|; s/local all all peer/local all all trust/" "$here/$1"
}

# An authority, and a certificate of it for both servers and for HAProxy. One that signed itself as an authority would not do.
make_certificate() {
  local key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
  openssl req -x509 $key -days 2 -subj /CN=authority -keyout "$directory/ca.key" -out "$directory/ca.pem" 2>/dev/null
  openssl req $key -subj /CN=rehearsal -keyout "$directory/server.key" \
    -addext "subjectAltName=IP:127.0.99.11,IP:127.0.99.12,IP:127.0.0.1" 2>/dev/null |
    openssl x509 -req -CA "$directory/ca.pem" -CAkey "$directory/ca.key" -days 2 -copy_extensions copy \
      -out "$directory/server.pem" 2>/dev/null
  chmod 600 "$directory/server.key"
}

start_etcd() {
  set -a
  . <(localized etcd | sed 's/^\(ETCD_INITIAL_CLUSTER=[^,]*\).*/\1/')
  set +a
  etcd --data-dir "$directory/etcd" >"$directory/etcd.log" 2>&1 &
  echo $! >"$directory/etcd.pid"
}

# $1 is the node.
start_patroni() {
  mkdir -p "$directory/$1"
  chmod 700 "$directory/$1"
  local own="s/NODE/$1/g"
  [ "$1" = pg2 ] && own="$own; s/name: pg1/name: pg2/; /hosts:/! s/127\.0\.99\.11/127.0.99.12/"
  localized patroni.yml | sed -e "$own; s/\(hosts: [^,]*\).*/\1/" >"$directory/$1.yml"
  chmod 600 "$directory/$1.yml"
  patroni "$directory/$1.yml" >>"$directory/$1.log" 2>&1 &
  echo $! >"$directory/$1.pid"
}

start_haproxy() {
  localized haproxy.cfg >"$directory/haproxy.cfg"
  /usr/sbin/haproxy -db -f "$directory/haproxy.cfg" >"$directory/haproxy.log" 2>&1 &
  echo $! >"$directory/haproxy.pid"
}

# What Patroni knows of a node: is it the primary, is it the synchronous standby?
is() { [ "$(curl -s -m 2 -o /dev/null -w '%{http_code}' "http://127.0.99.1${2#pg}:8008/$1")" = 200 ]; }
primary() { if is primary pg1; then echo pg1; elif is primary pg2; then echo pg2; else return 1; fi; }
other() { if [ "$1" = pg1 ]; then echo pg2; else echo pg1; fi; }

await() {
  local end=$(($(now) + patience * 1000))
  until "$@" >/dev/null 2>&1; do
    [ "$(now)" -lt $end ] || { say "not within $patience s: $*"; exit 1; }
    sleep 0.2
  done
}

# A superuser's question to the primary.
ask() { psql -XAtq -h "$directory/$(primary)" -U postgres -d "${2:-zaguan}" -c "$1"; }

trust="sslmode=verify-full&sslrootcert=$directory/ca.pem&connect_timeout=2"
named="postgres://zaguan:rehearsal@127.0.99.11:5432,127.0.99.12:5432/zaguan?target_session_attrs=read-write&$trust"
proxied="postgres://zaguan:rehearsal@127.0.0.1:5000/zaguan?$trust"

# $1 is the portal, $2 its port, $3 its way to the database.
start_portal() {
  mkdir "$directory/$1"
  (umask 077; echo rehearsal >"$directory/$1/password")
  cat >"$directory/$1/zaguan.toml" <<END
server.listen = "127.0.0.1:$2"
server.ops_listen = "127.0.0.1:0"
server.public_url = "http://127.0.0.1:$2"
server.secret_file = "$directory/zaguan.secret"
store.url = "${3/:rehearsal@/@}"
store.password_file = "password"
smtp.url = "smtp://127.0.0.1:9?tls=none"
smtp.from = "avisos@zaguan.example"
brand.name = "Ensayo"
limits.recover_network = "1000000, one more each 1ms"
END
  "$zaguan" migrate --config "$directory/$1/zaguan.toml" >"$directory/$1.log" 2>&1
  "$zaguan" serve --config "$directory/$1/zaguan.toml" >>"$directory/$1.log" 2>&1 &
  echo $! >"$directory/$1.pid"
}

# Asks a portal until it is enough; notes when it acknowledged. $1 is the portal, $2 its port.
ask_portal() {
  local number=0
  until [ -e "$directory/enough" ]; do
    number=$((number + 1))
    if [ "$(curl -s -m 20 -o /dev/null -w '%{http_code}' -H 'Sec-Fetch-Site: same-origin' -d usuario=12345678 \
      "http://127.0.0.1:$2/recuperar")" = 303 ]; then
      echo "$(now) $number" >>"$directory/$1.acknowledged"
    fi
    sleep 0.1
  done
}

# Writes until it is enough, a row after another, each in a connection of its own; notes what was acknowledged, and when.
# It is killed rather than cancelled when it waits too long, for a cancelled wait would count as acknowledged.
write_rows() {
  local number=0
  until [ -e "$directory/enough" ]; do
    number=$((number + 1))
    if timeout -s KILL 5 psql "$2" -Xqc "insert into rehearsal.written values ('$1', $number)" 2>>"$directory/$1.errors"; then
      echo "$(now) $number" >>"$directory/$1.acknowledged"
    fi
    sleep 0.1
  done
}

# The longest time without an acknowledgement since a moment, in seconds.
longest_gap() {
  awk -v since="$2" 'BEGIN { last = since } $1 > since { if ($1 - last > gap) gap = $1 - last; last = $1 }
    END { printf "%.1f s", gap / 1000 }' "$directory/$1.acknowledged"
}

are_in_step() { is sync "$(other "$(primary)")"; }

# $1 says what happens; the rest does it, to the primary of now.
event() {
  local words=$1 was since
  shift
  await are_in_step
  sleep 3
  was=$(primary)
  since=$(now)
  say "$words"
  "$@" "$was"
  await is primary "$(other "$was")"
  say "  $(other "$was") leads after $((($(now) - since) / 100))00 ms"
  sleep 8
  [ -e "$directory/$was.pid" ] || start_patroni "$was"
  await are_in_step
  say "  $was follows after $((($(now) - since) / 100))00 ms"
  say "  nothing acknowledged for: several hosts $(longest_gap named "$since"), HAProxy $(longest_gap proxied "$since")"
  [ -z "$zaguan" ] ||
    say "  by the portals for: several hosts $(longest_gap portal1 "$since"), HAProxy $(longest_gap portal2 "$since")"
}

kill_postgres() { kill -KILL "$(head -1 "$directory/$1/data/postmaster.pid")"; }

# As a machine without power: Patroni and PostgreSQL with all of its processes at once.
kill_machine() {
  local postmaster
  postmaster=$(head -1 "$directory/$1/data/postmaster.pid")
  kill -KILL "$(cat "$directory/$1.pid")" "$postmaster" $(pgrep -P "$postmaster")
  rm "$directory/$1.pid"
}

# As a machine that hangs: everything is still there, and does nothing, for half a minute.
freeze_machine() {
  local postmaster
  postmaster=$(head -1 "$directory/$1/data/postmaster.pid")
  local all="$(cat "$directory/$1.pid") $postmaster $(pgrep -P "$postmaster" | tr '\n' ' ')"
  kill -STOP $all
  { sleep 30; kill -CONT $all; } 2>/dev/null &
}

# The last resort: both data directories are gone. $1 is the moment to which the database is restored.
restore_to() {
  local node restored=$directory/pg1/data
  for node in pg1 pg2; do
    kill "$(cat "$directory/$node.pid")"
    await eval "! kill -0 $(cat "$directory/$node.pid") 2>/dev/null"
    mv "$directory/$node/data" "$directory/$node/data.gone"
  done
  # Whoever led is forgotten once its claim is too old.
  await eval "! curl -sf http://127.0.99.11:2379/v2/keys/service/zaguan/leader"
  printf 'zaguan\nYes I am aware\n' | patronictl -c "$directory/pg1.yml" remove zaguan >/dev/null
  cp -a "$directory/base" "$restored"
  # A copy of a standby would go on being one; and what Patroni wrote into its settings is not for a restore.
  rm -f "$restored/standby.signal"
  touch "$restored/recovery.signal"
  cat >"$restored/restore.conf" <<END
restore_command = 'cp $directory/wal/%f %p'
recovery_target_time = '$1'
recovery_target_action = promote
archive_mode = off
max_connections = 200
listen_addresses = ''
unix_socket_directories = '$directory/pg1'
END
  /usr/lib/postgresql/15/bin/pg_ctl -D "$restored" -l "$directory/restore.log" -w start \
    -o "-c config_file=$restored/restore.conf" >/dev/null
  await eval "[ \"\$(psql -XAtq -h $directory/pg1 -U postgres -d zaguan -c 'select pg_is_in_recovery()')\" = f ]"
  /usr/lib/postgresql/15/bin/pg_ctl -D "$restored" -w stop >/dev/null
  start_patroni pg1
  await is primary pg1
  start_patroni pg2
  await are_in_step
}

switch_over() {
  patronictl -c "$directory/$1.yml" switchover zaguan --master "$1" --candidate "$(other "$1")" --force >/dev/null
}

make_certificate
mkdir "$directory/wal"
start_etcd
await curl -sf http://127.0.99.11:2379/health
start_patroni pg1
await is primary pg1
start_patroni pg2
start_haproxy
ask "create role zaguan login password 'rehearsal'" postgres
ask "create database zaguan owner zaguan" postgres
psql "$named" -Xqc "create schema rehearsal; create table rehearsal.written (way text, number bigint, primary key (way, number))"
await are_in_step
say "pg1 leads, pg2 is its synchronous standby"
PGPASSWORD=rehearsal-replicator pg_basebackup -d "host=127.0.99.12 user=replicator sslmode=require" \
  -D "$directory/base" --checkpoint=fast
say "a base backup was taken from the standby"

if [ -n "$zaguan" ]; then
  start_portal portal1 8081 "${named/&connect_timeout=2/}"
  await curl -sf http://127.0.0.1:8081/ingreso
  start_portal portal2 8082 "${proxied/&connect_timeout=2/}"
  await curl -sf http://127.0.0.1:8082/ingreso
  ask_portal portal1 8081 &
  ask_portal portal2 8082 &
fi
write_rows named "$named" 2>/dev/null &
write_rows proxied "$proxied" 2>/dev/null &
event "PostgreSQL of the primary is killed" kill_postgres
event "the machine of the primary is gone" kill_machine
event "the machine of the primary hangs for 30 s" freeze_machine
event "a switchover is asked for" switch_over
touch "$directory/enough"
wait %% 2>/dev/null || true
sleep 6

for way in named proxied; do
  ask "select number from rehearsal.written where way = '$way'" | sort >"$directory/$way.there"
  lost=$(awk '{ print $2 }' "$directory/$way.acknowledged" | sort | comm -23 - "$directory/$way.there" | wc -l)
  say "$way: $(wc -l <"$directory/$way.acknowledged") rows acknowledged, $lost of them lost"
done

for portal in portal1 portal2; do
  [ -z "$zaguan" ] || kill "$(cat "$directory/$portal.pid")"
done
psql "$named" -Xqc "insert into rehearsal.written values ('before', 1)"
moment=$(ask "select now()")
sleep 1
psql "$named" -Xqc "insert into rehearsal.written values ('after', 1)"
archived=$(ask "select pg_walfile_name(pg_switch_wal())")
await test -e "$directory/wal/$archived"
say "both data directories are taken away"
restore_to "$moment"
say "  restored to $moment, pg1 leads, pg2 follows: of the rows before and after there are:" \
  "$(ask "select string_agg(way, ' ') from rehearsal.written where way in ('before', 'after')")"
