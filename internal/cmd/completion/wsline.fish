# fish completion for wsline. In ~/.config/fish/config.fish: wsline completion fish | source
# Or in ~/.config/fish/completions, as wsline.fish.
#
# wsline itself says what may stand where the cursor is; nothing that was typed is evaluated.

function __wsline_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~(?=/)' $HOME -- $words[1])
    set -e words[1]
    set -l lines ($program __complete "=$current" $words 2>/dev/null)
    test (count $lines) -gt 0; or return

    set -l first (string split \t -- $lines[1])
    set -e lines[1]
    test (count $lines) -eq 0; or printf '%s\n' $lines
    test "$first[1]" != none; or return

    # What may follow a command that fish does not know is files.
    set -l typed (string replace -- "$first[2]" '' $current)
    for path in (complete -C "__wsline_files $typed" | string replace -r '\t.*' '')
        if test "$first[1]" = files; or string match -q '*/' -- $path
            printf '%s\n' $first[2]$path
        end
    end
end

complete -c wsline -f -a '(__wsline_complete)'
