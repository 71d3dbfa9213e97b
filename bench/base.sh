# shellcheck shell=bash disable=SC2154,SC2016
# Measures wsline beside an earlier wsline, the bare loop, jq, openssl and Node's ws. bench/peers
# reads this file.

# The wsline that the ratios go by, before messages were told together.
base_commit=c43556c317bd99b84242b73ac5131d2a84e5eebc
rows=()           # of the table: the work, what is compared, the ratio, the target
declare -A crowds=() # of a server and a number: lines of "idle-KiB small-KiB CPU-seconds"
declare -A costs=() # of a key: lines of "seconds CPU-seconds user-seconds peak-KiB"

build_base() {
  mkdir "$tools/source"
  git archive "$base_commit" | tar -x -C "$tools/source"
  (cd "$tools/source" && go build -o "$tools/base" .)
}

# apart ARGUMENT… sets flags and command to what stands before and behind the first --.
apart() {
  flags=()
  while [[ $1 != -- ]]; do
    flags+=("$1")
    shift
  done
  command=("${@:2}")
}

# middle FIELD prints the median of a field of the lines of stdin.
middle() {
  awk -v field="$1" '{ print $field }' | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# cost KEY [FLAG…] -- COMMAND… runs a command once and adds what it took to the key.
cost() {
  local key=$1 flags command seconds cpu user peak end
  apart "${@:2}"
  read -r seconds cpu user peak _ _ _ end < <(
    "$tools/run" "${flags[@]}" "${command[@]}" 2>"$tools/errors"
  ) || fail "${command[*]} cannot be run: $(<"$tools/errors")"
  [[ $end == ok ]] || fail "${command[*]}: $end $(<"$tools/errors")"
  costs[$key]+="$seconds $cpu $user $peak"$'\n'
}

# median KEY FIELD prints the median of a field: 1 seconds, 2 CPU, 3 user CPU, 4 the peak in KiB.
median() { printf '%s' "${costs[$1]}" | middle "$2"; }

# versus WORK FIELD OTHER TARGET adds a row: the median of wsline's field over that of another.
versus() {
  local names=(_ time CPU 'user CPU' memory)
  rows+=("$1"$'\t'"${names[$2]}, $3"$'\t'"$(calc "$(median "$1 wsline" "$2") / $(median "$1 $3" "$2")" %.2f)"$'\t'"$4")
}

# peak WORK TARGET adds a row: the most memory that wsline took, in MiB.
peak() {
  rows+=("$1"$'\t'"peak, MiB"$'\t'"$(printf '%s' "${costs["$1 wsline"]}" |
    awk '$4 > most { most = $4 } END { printf "%.1f", most / 1024 }')"$'\t'"$2")
}

# both WORK FLAG… -- ARGUMENT… runs wsline and the base three times in turn.
both() {
  local work=$1 round name flags command
  apart "${@:2}"
  local given=("${flags[@]}") arguments=("${command[@]}")
  for ((round = 0; round < 3; round++)); do
    for name in wsline base; do
      cost "$work $name" "${given[@]}" -- "$tools/$name" "${arguments[@]}"
    done
  done
}

# beside WORK OTHER FLAG… -- COMMAND… runs another program as often.
beside() {
  local work=$1 other=$2 round
  shift 2
  for ((round = 0; round < 3; round++)); do
    cost "$work $other" "$@"
  done
}

# json_lines COUNT prints lines of JSON of some 59 bytes.
json_lines() {
  awk -v count="$1" 'BEGIN {
    for (i = 0; i < count; i++)
      printf "{\"id\":%d,\"type\":\"%s\",\"price\":%d.5,\"symbol\":\"ABCD\"}\n",
        1000000 + i, i % 3 ? "trade" : "quote", i % 200
  }'
}

measure_streams() {
  local url=ws://$address
  both 'receive 3 M × 64 B' -null -- --wait -1 "$url/source?n=3000000&size=64"
  beside 'receive 3 M × 64 B' bare -null -- "$tools/bare" recv "$address" '/source?n=3000000&size=64'
  versus 'receive 3 M × 64 B' 3 base '≤ 0.45'
  versus 'receive 3 M × 64 B' 1 bare '≤ 1.6'
  both 'the same to a file' -out "$tools/out" -- --wait -1 "$url/source?n=3000000&size=64"
  beside 'the same to a file' bare -out "$tools/out" -- \
    "$tools/bare" recv "$address" '/source?n=3000000&size=64'
  versus 'the same to a file' 3 base '≤ 0.45'
  versus 'the same to a file' 1 bare '≤ 1.6'
  "$tools/bare" recv "$address" '/source?n=1000000&size=59' >"$tools/lines59"
  both 'send 1 M × 59 B' -in "$tools/lines59" -null -- --wait 0 "$url/sink"
  beside 'send 1 M × 59 B' bare -in "$tools/lines59" -null -- "$tools/bare" send "$address" /sink
  versus 'send 1 M × 59 B' 2 bare '≤ 1.4'
  versus 'send 1 M × 59 B' 2 base '-'
  both 'echo 1 M × 59 B' -in "$tools/lines59" -null -- --wait 0 "$url/echo"
  versus 'echo 1 M × 59 B' 2 base '≤ 0.6'
  head -n 100000 "$tools/lines59" >"$tools/lines59k"
  both 'echo 100 k × 59 B, --compress' -in "$tools/lines59k" -null -- --compress --wait 0 "$url/echo"
  versus 'echo 100 k × 59 B, --compress' 2 base '≤ 1.0'
}

measure_views() {
  local url=ws://$address name expression
  both '--json, 500 k × 64 B' -null -- --json --wait -1 "$url/source?n=500000&size=64"
  versus '--json, 500 k × 64 B' 3 base '≤ 0.6'
  both '--json --frames, 300 k × 64 B' -null -- --json --frames --wait -1 "$url/source?n=300000&size=64"
  versus '--json --frames, 300 k × 64 B' 3 base '≤ 0.4'
  for name in wsline base wsline base; do
    rm -f "$tools/kept.jsonl"
    cost "--record x.jsonl, 200 k × 64 B $name" -null -- "$tools/$name" --record "$tools/kept.jsonl" \
      --wait -1 "$url/source?n=200000&size=64"
  done
  versus '--record x.jsonl, 200 k × 64 B' 2 base '≤ 0.25'
  both 'show of that recording' -null -- show "$tools/kept.jsonl"
  versus 'show of that recording' 2 base '≤ 0.3'
  json_lines 200000 >"$tools/lines.json"
  for expression in .id '.price > 100' 'select(.type == "trade")' '{id, price}'; do
    both "--filter '$expression'" -in "$tools/lines.json" -null -- --filter "$expression" --wait 0 "$url/echo"
    beside "--filter '$expression'" jq -in "$tools/lines.json" -null -- jq -c "$expression"
    versus "--filter '$expression'" 2 jq '≤ 1.0'
  done
  both "--filter 'to_entries | length'" -in "$tools/lines.json" -null -- \
    --filter 'to_entries | length' --wait 0 "$url/echo"
  versus "--filter 'to_entries | length'" 2 base '≤ 0.6'
  "$tools/wsline" --record "$tools/kept.har" --wait -1 "$url/source?n=500&size=262144" >/dev/null
  cost 'show of a HAR of 130 MB wsline' -null -- "$tools/wsline" show "$tools/kept.har"
  peak 'show of a HAR of 130 MB' '≤ 64'
  rm "$tools"/kept.*
}

measure_tls() {
  local load=$address plain
  start_server "$tools/tls.log" "$tools/server" tls
  local url=wss://$address
  "$tools/bare" recv "$load" '/source?n=1000&size=1048576' >"$tools/lines1m"
  "$tools/bare" bytes "$address" /sink <"$tools/lines1m" >"$tools/bytes1m"
  "$tools/bare" bytes "$address" '/source?n=1000&size=1048576' </dev/null >"$tools/asked"
  for plain in 1 2 3; do
    cost 'wss, send 1,000 × 1 MiB wsline' -in "$tools/lines1m" -null -- \
      "$tools/wsline" -k --wait 0 "$url/sink"
    cost 'wss, send 1,000 × 1 MiB openssl' -in "$tools/bytes1m" -null -- \
      openssl s_client -quiet -connect "$address"
    cost 'wss, receive 1,000 × 1 MiB wsline' -null -- \
      "$tools/wsline" -k --wait -1 "$url/source?n=1000&size=1048576"
    cost 'wss, receive 1,000 × 1 MiB openssl' -in "$tools/asked" -null -- \
      openssl s_client -quiet -connect "$address"
  done
  versus 'wss, send 1,000 × 1 MiB' 2 openssl '≤ 1.3'
  versus 'wss, receive 1,000 × 1 MiB' 2 openssl '≤ 1.3'
  cost 'wss, 4 GiB as one message wsline' -null -- \
    "$tools/wsline" -k --max-message 0 --raw --wait -1 "$url/source?n=1&size=$((4 << 30))"
  rm "$tools"/*1m
  address=$load
}

# crowd NAME [FLAG…] -- COMMAND… runs bench/conns with a server once.
crowd() {
  local name=$1 flags command idle small cpu messages late end
  apart "${@:2}"
  read -r idle small cpu messages late end < <(
    "$tools/conns" "${flags[@]}" "${command[@]}" 2>"$tools/errors"
  ) || fail "${command[*]} cannot be run: $(<"$tools/errors")"
  [[ "$late $end" == '0 ok' ]] || fail "${command[*]}: $late late, $end"
  crowds[$name]+="$idle $small $cpu"$'\n'
}

# of_crowd NAME FIELD prints the median of a field: 1 KiB idle, 2 KiB after small messages, 3 CPU.
of_crowd() { printf '%s' "${crowds[$1]}" | middle "$2"; }

measure_crowds() {
  local listen=("$tools/wsline" listen --echo 127.0.0.1:0) ws=(node bench/conns/echo.js "$tools/npm") n
  npm install --prefix "$tools/npm" --no-audit --no-fund --loglevel=error ws@8.23
  for n in 1000 3000; do
    crowd "wsline $n" -n "$n" -for 1s -- "${listen[@]}"
    crowd "ws $n" -n "$n" -for 1s -- "${ws[@]}"
  done
  for n in 1 2; do
    crowd 'wsline 10000' -n 10000 -for 6s -- "${listen[@]}"
    crowd 'ws 10000' -n 10000 -for 6s -- "${ws[@]}"
  done
  crowd 'deaf' -n 10000 -deaf 100 -for 2s -- "${listen[@]}"
  local work='listen --echo, 10,000 connections'
  rows+=("$work"$'\t''KiB each, idle'$'\t'"$(of_crowd 'wsline 10000' 1)"$'\t''≤ 10')
  rows+=("$work"$'\t''KiB each, after five small messages'$'\t'"$(of_crowd 'wsline 10000' 2)"$'\t''≤ 16')
  rows+=("$work, of ws"$'\t''KiB each, idle and after'$'\t'"$(of_crowd 'ws 10000' 1), $(of_crowd 'ws 10000' 2)"$'\t''-')
  rows+=("$work and 100 that do not read"$'\t''not answered in 10 s'$'\t''0'$'\t''≤ 0')
  rows+=("$work × 1 message a second"$'\t''CPU, ws'$'\t'"$(
    calc "$(of_crowd 'wsline 10000' 3) / $(of_crowd 'ws 10000' 3)" %.2f)"$'\t''≤ 0.7')
}

# started NAME prints the median of what hyperfine measured.
started() { awk -F, -v name="$1" '$1 == name { print $4 }' "$tools/start.csv"; }

# measure_start adds the time to the first reply, beyond the start of an empty shell.
measure_start() {
  local load=$address name runs=()
  printf 'hi\n' >"$tools/hi"
  start_server "$tools/tcp2.log" "$tools/tcp" serve
  runs=(-n tcp "exec $tools/tcp $address <$tools/hi")
  address=$load
  for name in wsline base; do
    runs+=(-n "$name" "exec $tools/$name --wait 0 ws://$address/echo <$tools/hi")
  done
  hyperfine --shell sh --style basic --warmup 10 --runs 100 --export-csv "$tools/start.csv" \
    "${runs[@]}" >/dev/null 2>&1 # it warns that a shell's start is hard to tell from so short a time
  rows+=('start to the first reply'$'\t''time, tcp'$'\t'"$(calc "$(started wsline) / $(started tcp)" %.2f)"$'\t''≤ 1.7')
  rows+=('start to the first reply'$'\t''time, base'$'\t'"$(calc "$(started wsline) / $(started base)" %.2f)"$'\t''-')
}

# write_plots draws what messages and connections cost.
write_plots() {
  local count name
  for count in 1000 10000 100000 1000000 10000000; do
    for name in bare base wsline; do
      printf '%s %s %s\n' "$name" "$count" "$(median "grow $count $name" 2)"
    done
  done | sort -s -k1,1 | "$tools/plot" 'Receiving messages of 59 bytes' messages 'CPU, s' >docs/messages.svg
  for name in wsline ws; do
    for count in 1000 3000 10000; do
      printf '%s %s %s\n' "$name" "$count" "$(of_crowd "$name $count" 2)"
    done
  done | "$tools/plot" 'A connection of a server that echoes' connections 'KiB each' >docs/connections.svg
}

measure_growth() {
  local count round name
  for count in 1000 10000 100000 1000000 10000000; do
    for round in 1 2 3; do
      cost "grow $count bare" -null -- "$tools/bare" recv "$address" "/source?n=$count&size=59"
      for name in wsline base; do
        cost "grow $count $name" -null -- "$tools/$name" --wait -1 "ws://$address/source?n=$count&size=59"
      done
    done
  done
}

measure_base() {
  local work
  build_base
  measure_start
  measure_growth
  measure_crowds
  measure_streams
  measure_views
  measure_tls
  for work in 'receive 3 M × 64 B' 'send 1 M × 59 B' 'echo 1 M × 59 B' '--json, 500 k × 64 B' \
    '--json --frames, 300 k × 64 B' 'echo 100 k × 59 B, --compress' 'wss, send 1,000 × 1 MiB' \
    'wss, receive 1,000 × 1 MiB' 'wss, 4 GiB as one message'; do
    peak "$work" '≤ 16'
  done
}

base_table() {
  local line cells
  head_of work 'what is compared' measured target
  for line in "${rows[@]}"; do
    IFS=$'\t' read -ra cells <<<"$line"
    if [[ ${cells[3]} == '≤ '* ]]; then
      cells[2]=$(verdict "${cells[2]}" '<=' "${cells[3]#≤ }")
    fi
    row "\`${cells[0]//|/\\|}\`" "${cells[1]}" "${cells[2]}" "${cells[3]}"
  done
}
