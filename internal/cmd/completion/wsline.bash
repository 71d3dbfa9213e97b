# bash completion for wsline. In ~/.bashrc: source <(wsline completion bash)
#
# wsline itself says what may stand where the cursor is; nothing that was typed is evaluated. Names of
# files are left to readline, which quotes them.

_wsline() {
  # COMP_WORDS is parted at : = @ too: what no blank parts is put together again, up to the cursor.
  local line=${COMP_LINE:0:COMP_POINT} words=() word last=-1 i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((last < 0)) || [[ $line == [[:blank:]]* ]]; then
      line=${line#"${line%%[![:blank:]]*}"}
      words[++last]=
    fi
    ((i < COMP_CWORD)) || word=$line
    words[last]+=$word
    line=${line:${#word}}
  done
  local cur=${words[last]} program=${words[0]}
  [[ $program != '~/'* ]] || program=$HOME/${program#'~/'}

  # readline replaces what stands behind the last of COMP_WORDBREAKS, but begins with an @.
  local start=$cur
  while [[ -n $start && $COMP_WORDBREAKS != *"${start: -1}"* ]]; do
    start=${start%?}
  done
  start=${start%@}

  local answer files prefix
  COMPREPLY=()
  answer=$("$program" __complete "=$cur" "${words[@]:1:last-1}" 2>/dev/null) || return 0
  IFS=$'\t' read -r files prefix <<<"$answer"
  if [[ $prefix == *@ ]]; then
    _wsline_at
  elif [[ -n $cur || $files == none ]]; then
    _wsline_words
  fi
  if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[=/@] ]]; then
    compopt -o nospace 2>/dev/null
  elif ((${#COMPREPLY[@]} == 0)) && [[ $files == files && $prefix != *@ ]]; then
    compopt -o default 2>/dev/null
  elif ((${#COMPREPLY[@]} == 0)) && [[ $files == directories ]]; then
    compopt -o dirnames 2>/dev/null
  fi
  return 0
}

# The words of $answer that fit.
_wsline_words() {
  local text rest
  [[ $answer == *$'\n'* ]] || return 0 # there is the line alone that says what files there may be
  while IFS=$'\t' read -r text rest; do
    [[ $text == "$cur"* ]] || continue
    printf -v text %q "$text"
    COMPREPLY+=("${text#"$start"}")
  done <<<"${answer#*$'\n'}"
}

# The files behind an @, which readline would take for a part of their names.
_wsline_at() {
  local path typed=${cur#"$prefix"}
  while IFS= read -r path; do
    [[ ! -d $path ]] || path+=/
    printf -v path %q "$path"
    path=$prefix$path
    COMPREPLY+=("${path#"$start"}")
  done < <(compgen -f -- "${typed//\\/}")
}

if type compopt >/dev/null 2>&1; then
  complete -F _wsline wsline
else # bash 3.2, as macOS has it
  complete -o default -F _wsline wsline
fi
