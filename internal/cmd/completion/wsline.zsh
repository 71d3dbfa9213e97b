#compdef wsline
# zsh completion for wsline. In ~/.zshrc, behind compinit: source <(wsline completion zsh)
# Or in a folder of $fpath, as _wsline.
#
# wsline itself says what may stand where the cursor is; nothing that was typed is evaluated.

_wsline() {
  local program=${(Q)words[1]} line text
  [[ $program != '~/'* ]] || program=$HOME/${program#'~/'}
  local -a lines plain open
  lines=("${(@f)$($program __complete "=${(Q)PREFIX}" "${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
  [[ -n $lines[1] ]] || return 1

  for line in "${(@)lines[2,-1]}"; do
    text=${${line%%$'\t'*}//:/\\:}
    [[ $line == *$'\t' ]] || text+=:${line#*$'\t'}
    if [[ ${line%%$'\t'*} == *[=/@] ]]; then open+=("$text"); else plain+=("$text"); fi
  done
  local prefix=${lines[1]#*$'\t'} result=1
  _describe -t words 'word' plain -- open -S '' && result=0
  # _files would run a command that is substituted.
  [[ $PREFIX != *('`'|'$(')* ]] || return result
  case ${lines[1]%%$'\t'*} in
    files) compset -P "${(b)prefix}"; _files && result=0 ;;
    directories) compset -P "${(b)prefix}"; _files -/ && result=0 ;;
  esac
  return result
}

if [[ $funcstack[1] == _wsline ]]; then
  _wsline "$@"
else
  compdef _wsline wsline
fi
