#!/usr/bin/env bash
# Completion as three real shells do it: what begins like one thing is completed to it, what goes with another verb isn't.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

provision=${PROVISION:-$PWD/build/provision}
passed=0 failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
for shell in bash zsh fish; do
        "$provision" completion $shell >"$scratch/completion.$shell" || exit 1
done
cd "$scratch" || exit 1
touch host.conf
export HOME=$scratch # fish leaves things in it

# Each prints the words with the last one completed, where there is just one way to do it.

complete_bash() { # WORD…
        # shellcheck disable=SC2016 # the inner shell's
        bash --norc -c 'compopt() { :; }; source ./completion.bash
                COMP_WORDS=(provision "$@") COMP_CWORD=$#
                _provision
                [ ${#COMPREPLY[@]} != 1 ] || set -- "${@:1:$#-1}" "${COMPREPLY[0]}"
                echo "$*"' bash "$@"
}

complete_fish() { # WORD…
        local answers
        answers=$(fish --no-config -c "source ./completion.fish; complete -C 'provision $*'" | cut -f 1)
        [ "$(wc -l <<<"$answers")" != 1 ] || [ -z "$answers" ] || set -- "${@:1:$#-1}" "$answers"
        echo "$*"
}

# zsh completes only at a terminal: it gets one, and a program that says which words it was given.
complete_zsh() { # WORD…
        # shellcheck disable=SC2016 # the inner shell's
        timeout 30 zsh -f -c '
                zmodload zsh/zpty
                zpty inner zsh -f -i
                zpty -w inner "PROMPT= ; stty -echo; autoload -Uz compinit; compinit -D -u; source ./completion.zsh"
                zpty -w inner "provision() { print -r -- GO\"\"T \$* TO\"\"G }"
                zpty -w -n inner "provision $1"$'"'\t\n'"'
                while zpty -r inner line; do
                        [[ $line == *"GOT "*" TOG"* ]] || continue
                        line=${line##*GOT }
                        print -r -- ${line%% TOG*}
                        break
                done
                zpty -d inner' zsh "$*" 2>/dev/null
}

completes() { # "WORDS" "WORDS COMPLETED": in all three
        local shell words answer
        read -ra words <<<"$1"
        for shell in bash zsh fish; do
                answer=$("complete_$shell" "${words[@]}")
                if [ "$answer" = "$2" ]; then
                        passed=$((passed + 1))
                        echo "ok: $shell: provision $1 is completed to provision $2"
                else
                        failed=$((failed + 1))
                        echo "FAILED: $shell: provision $1: completed to provision $answer, wanted $2"
                fi
        done
}

completes "pl" "plan"
completes "--par" "--parallel"
completes "--phase k" "--phase kvm"
completes "plan --che" "plan --check"
completes "check --che" "check --che"
completes "check --s" "check --set"
completes "check ho" "check host.conf"
completes "ho" "host.conf"
completes "completion z" "completion zsh"
completes "help comp" "help completion"
completes "phases ho" "phases ho"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
