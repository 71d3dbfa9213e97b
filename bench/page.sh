# shellcheck shell=bash disable=SC2154,SC2016
# Writes docs/performance.md from what bench/peers measured, which reads this file.

# ratio CLIENT WORK COUNT SIZE prints how many times as fast as a client wsline is, by the
# messages that arrived in a second.
ratio() {
  local name=$1 work=$2 count=$3 size=$4 n lost
  n=$(part "$name" "$count")
  lost=$(of "$work" "$name" "$n" "$size" 4)
  [[ $lost != damaged ]] || lost=0
  if ((lost == n)); then
    printf 'immeasurably many'
    return
  fi
  local ours theirs
  ours=$(of "$work" wsline "$count" "$size" 1)
  theirs=$(of "$work" "$name" "$n" "$size" 1)
  calc "$count / $ours * $theirs / ($n - $lost)"
}

# slowness WORK COUNT SIZE prints how many times as long as the bare loop wsline takes.
slowness() {
  calc "$(of "$1" wsline "$2" "$3" 1) / $(of "$1" bare "$2" "$3" 1)" %.2f
}

# verdict MEASURED OPERATOR TARGET prints a cell with what was measured.
verdict() {
  if holds "$1 $2 $3"; then printf '%s' "$1"; else printf '**%s, missed**' "$1"; fi
}

# target TEXT WORK COUNT SIZE LIMIT WEBSOCAT WSCAT prints a line of the table of targets.
target() {
  local cells=() name least
  cells+=("≤ $5" "$(verdict "$(slowness "$2" "$3" "$4")" '<=' "$5")")
  for name in websocat:"$6" wscat:"$7"; do
    least=${name#*:}
    name=${name%:*}
    if [[ $least == - ]]; then
      cells+=('–' '–')
    elif [[ " ${clients[*]} " == *" $name "* ]]; then
      cells+=("≥ $least" "$(verdict "$(ratio "$name" "$2" "$3" "$4")" '>=' "$least")")
    else
      cells+=("≥ $least" 'not here')
    fi
  done
  row "$1" "${cells[@]}"
}

# row CELL… prints a line of a table.
row() {
  printf '|'
  printf ' %s |' "$@"
  printf '\n'
}

# head_of CELL… prints the beginning of a table.
head_of() {
  row "$@"
  printf '|'
  printf ' --- |%.0s' "$@"
  printf '\n'
}

# work_table TITLE WORK COUNT SIZE prints what every client took.
work_table() {
  local title=$1 work=$2 count=$3 size=$4 name n seconds cpu peak lost end times
  printf '\n### %s\n\n' "$title"
  head_of client messages seconds 'messages/s' MiB/s 'CPU s per million' 'peak MiB' lost 'wsline is'
  for name in "${clients[@]}"; do
    n=$(part "$name" "$count")
    read -r seconds cpu peak lost end < <(picked "$work" "$name" "$n" "$size")
    case $name in
      wsline) times=- ;;
      *) times="$(ratio "$name" "$work" "$count" "$size") × as fast" ;;
    esac
    [[ $lost == 0 ]] || lost="**$lost**"
    [[ $end == ok ]] || lost+=" ($end)"
    row "$name" "$n" "$(calc "$seconds" %.3f)" "$(calc "$n / $seconds" %.0f)" \
      "$(calc "$n * $size / 1048576 / $seconds" %.0f)" "$(calc "$cpu / $n * 1e6" %.3f)" \
      "$peak" "$lost" "$times"
  done
}

growth_table() {
  local work=$1 title=$2 count name cells
  printf '\n### %s\n\n' "$title"
  head_of messages 'bare, s' 'wsline, s' 'wsline / bare' 'wsline, CPU s' 'bare, MiB' 'wsline, MiB'
  for count in 10000 100000 1000000 10000000; do
    row "$count" "$(of "$work" bare "$count" 59 1)" "$(of "$work" wsline "$count" 59 1)" \
      "$(slowness "$work" "$count" 59)" "$(of "$work" wsline "$count" 59 2)" \
      "$(of "$work" bare "$count" 59 3)" "$(of "$work" wsline "$count" 59 3)"
  done
}

first_table() {
  local name times
  printf '\n### The time to the first reply\n\n'
  printf 'From the start of a program that gets one line to its end, with one message sent\n'
  printf 'and one reply printed. **tcp** is %s, a program that does the same over plain TCP.\n' '`bench/tcp`'
  printf 'It is what hyperfine measures beyond the start of an empty shell.\n\n'
  head_of client 'median, ms' 'mean, ms' 'standard deviation, ms' 'wsline is'
  for name in tcp "${clients[@]}"; do
    times="$(calc "$(first "$name" 4) / $(first wsline 4)" %.2f) × as fast"
    [[ $name != wsline ]] || times=-
    row "$name" "$(first "$name" 4)" "$(first "$name" 2)" "$(first "$name" 3)" "$times"
  done
}

# first_target prints the line of the time to the first reply.
first_target() {
  local name cells=('≤ 1.5 (tcp)')
  cells+=("$(verdict "$(calc "$(first wsline 4) / $(first tcp 4)" %.2f)" '<=' 1.5)" '≥ 4')
  if [[ " ${clients[*]} " == *' websocat '* ]]; then
    cells+=("$(verdict "$(calc "$(first websocat 4) / $(first wsline 4)")" '>=' 4)")
  else
    cells+=('not here')
  fi
  cells+=('≥ 12' "$(verdict "$(calc "$(first wscat 4) / $(first wsline 4)")" '>=' 12)")
  row 'start to the first reply' "${cells[@]}"
}

# highest_peak prints the most memory that wsline took, in MiB.
highest_peak() {
  local key
  for key in "${!measured[@]}"; do
    case $key in
      *wsline* | large*) printf '%s' "${measured[$key]}" ;;
    esac
  done | awk '$3 > peak { peak = $3 } END { print peak }'
}

write_page() {
  local cpu memory wscat python websocat=''
  memory=$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)
  wscat=$(node -p "require('$tools/npm/node_modules/wscat/package.json').version")
  python=$(/usr/bin/python3 -c 'import websockets; print(websockets.__version__)')
  ! command -v websocat >/dev/null || websocat=", $(websocat --version)"
  cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
  cat <<TEXT
# Performance

This page is written by \`bench/peers\`, which runs wsline beside other clients in one run, on
loopback. It was run on $(date -u +%F), on $(nproc) cores of ${cpu:-an unnamed CPU} with $memory of
memory, Linux $(uname -r), $(go env GOVERSION), Node $(node --version), wscat $wscat,
python3-websockets $python$websocat.
The load on the machine was $(cut -d' ' -f1 /proc/loadavg) at the end, this run's own included.

- **bare** is \`bench/bare\`: a loop without any library, checks or options, which does as little as
  can be done. It is what the machine can do, and no client that people use.
- **python** is python3-websockets driven by \`bench/peer.py\`. python and wscat get a fifth of the
  messages.
- The server is \`bench/server\`, on the same machine. It counts messages and sums them up, and every
  run is checked by that: the count and the CRC-32C of what was sent, or of what came back. The bare
  loop and wsline fail the whole run when they lose a message. Others are listed with what they lost,
  and their speed is that of the messages that arrived.
- Times are from the start of a program to its end, the median of three to nine runs; the bare loop
  and wsline take turns. The CPU time is that of the same run, the memory the highest of all runs.
  All Go programs are built as wsline is released, without cgo.

## Targets

wsline's time over that of the bare loop, and how many times as fast as others it is.

TEXT
  head_of work 'bare loop' measured websocat measured wscat measured
  target 'send 1 M × 59 B' send 1000000 59 2.0 6 60
  target 'receive 3 M × 64 B to a file' recv 3000000 64 2.5 6 40
  target 'echo 1 M × 59 B' echo 1000000 59 2.0 6 -
  target 'send 1,000 × 1 MiB' send 1000 1048576 1.5 1.5 -
  target 'receive 1,000 × 1 MiB' recv 1000 1048576 1.5 1.5 -
  first_target
  cat <<TEXT

- Peak memory of wsline in all of these: $(verdict "$(highest_peak)" '<=' 16) MiB, the target is 16.
- Allocations per message in the lane: 0. \`go test ./internal/tap ./session ./format\` holds that.
$([[ " ${clients[*]} " == *' websocat '* ]] || echo '- websocat was not on the PATH of this run.')

## Beside an earlier wsline, jq, openssl and ws

**base** is wsline at ${base_commit:0:12}, built for this run; the others are bench/bare, Debian's jq and openssl, and
Node's ws with \`bench/conns/echo.js\`. Each figure is the median of two to five runs that took turns, over that of the
program it is compared with.

TEXT
  base_table
  cat <<'TEXT'

![what receiving costs](messages.svg)

![what a connection takes](connections.svg)

## Figures
TEXT
  work_table 'Send 1,000,000 messages of 59 bytes, a line each, from a file' send 1000000 59
  work_table 'Receive 3,000,000 messages of 64 bytes, to a file' recv 3000000 64
  work_table 'Echo 1,000,000 messages of 59 bytes, from a file to a file' echo 1000000 59
  work_table 'Send 1,000 messages of 1 MiB, a line each, from a file' send 1000 1048576
  work_table 'Receive 1,000 messages of 1 MiB, to a pipe' recv 1000 1048576
  first_table
  growth_table send 'How sending grows, 59 bytes each'
  printf '\n### One message of 4 GiB\n\n'
  head_of 'wsline' seconds MiB/s 'CPU s' 'peak MiB'
  local way seconds cpu peak
  for way in send recv; do
    read -r seconds cpu peak <<<"${measured["large $way"]}"
    row "$way" "$seconds" "$(calc "4096 / $seconds" %.0f)" "$cpu" "$peak"
  done
  cat <<'TEXT'

## What the figures do not say

- Client, server and the rest of the machine share the cores: what the server takes, the client
  cannot have. Over a network, that is what bounds a client, long before any of these figures.
- But for the rows that say so nothing is encrypted, nothing compressed, and all text is ASCII. Compression
  (`--compress`) is far slower than all else that wsline does: it is measured by
  `go test ./session -run NONE -bench Compressed`.
- The bare loop checks nothing: neither UTF-8 nor the handshake nor any frame.
- wscat is made for a terminal: it drops what is piped into it before it is connected, and what it
  has not written yet when its stdin or the connection ends.
- Memory below 4 MiB cannot be told apart: it is that of the program that measures.
- 10 to 11.4 MiB of wsline's peak are pages of its own file. A collection adds 1 to 2 MiB to it, so that what
  allocates nothing, and is never collected, takes least. `wss` cannot: crypto/tls allocates 24 bytes for each read.
- The time to the first reply is mostly that of starting a program: one that does nothing but import
  net/http, as every WebSocket library for Go does, takes as long as all of **tcp**. Of the 370 pages that
  wsline touches beyond **tcp** most are its own text; the tables that gojq and the YAML library make before
  `main` are about 90.
- Two runs differ by 10 to 20 percent, on a busy machine by more: ratios are steadier than times.
TEXT
}
