# Plays the connector's part of a transcript; what it is told goes to a file.
# sh play.sh flow|airbyte|tap|target TRANSCRIPT HEARD [arguments of the connector]
kind=$1 transcript=$2 heard=$3
shift 3

part() { # the lines of one stream
  sed -n "/^\\[$1\\]/,/^\\[/{/^[<>]/p;}" "$transcript"
}

say() { # the connector's lines of one stream
  part "$1" | sed -n 's/^< //p'
}

hear() { # a line from standard input
  IFS= read -r line || exit 0
  printf '%s\n' "$line" >> "$heard"
}

converse() { # one stream, turn by turn
  part "$1" > "$heard.$1"
  first=$2
  while IFS= read -r turn <&3; do
    case "$turn" in
    '> '*) if [ "$first" ]; then first=; else hear; fi;;
    '< '*) printf '%s\n' "${turn#< }";;
    esac
  done 3< "$heard.$1"
}

option() { # the content of the file behind an option
  name=$1
  shift
  while [ $# -gt 0 ]; do
    if [ "$1" = "--$name" ]; then printf '{"%s":%s}\n' "$name" "$(cat "$2")" >> "$heard"; fi
    shift
  done
}

case $kind in
flow)
  hear
  say spec
  hear
  variant=${line#'{"'}
  converse "${variant%%'"'*}" told;;
airbyte)
  for name in config catalog state; do option $name "$@"; done
  say "$1";;
tap)
  for name in config catalog state; do option $name "$@"; done
  case "$*" in
  *--about*) exit 2;;
  *--discover*) say discover;;
  *) say sync;;
  esac;;
target)
  option config "$@"
  while IFS= read -r line; do printf '%s\n' "$line" >> "$heard"; done
  say stdin;;
esac
