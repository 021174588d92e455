#!/usr/bin/env bash
# Links on a real host: the real sudo with and without a password, and the login shells that quote otherwise.
. "$(dirname "$0")/lab.sh"

make -s build/tests/lab/run_command || { echo "0 passed, 1 failed"; exit 1; }
lab_begin link 1
address=$(sed -n 's/.*connect = "root@\(.*\)"/\1/p' "$scratch/host.conf")
printf 'lab-operator\n' >"$scratch/password"
printf 'wrong\n' >"$scratch/wrong"
chmod 600 "$scratch/password" "$scratch/wrong"

as() { # USER SETTING… -- SCRIPT SECONDS
        local user=$1
        shift
        build/tests/lab/run_command "$scratch/host.conf" "host.link1.connect=$user@$address" "$@"
}

prints() { # WANTED COMMAND…
        local wanted=$1
        shift
        if ! "$@" >"$scratch/printed" 2>"$scratch/err" || [ "$(<"$scratch/printed")" != "$wanted" ]; then
                cat "$scratch/printed" "$scratch/err"
                return 1
        fi
}

refused() { # WORDS COMMAND…
        local words=$1
        shift
        if "$@" >"$scratch/err" 2>&1 || ! grep -q "^refused: .*$words" "$scratch/err"; then
                cat "$scratch/err"
                return 1
        fi
}

become=host.link1.become=true
password=host.link1.become_password_file

case_is "root runs commands" prints 0 as root -- 'id -u' 20
case_is "a user stays who it is" prints operator as operator -- 'id -un' 20
case_is "sudo without a password" prints 0 as admin "$become" -- 'id -u' 20
case_is "sudo with the password" prints 0 as operator "$become" "$password=$scratch/password" -- 'id -u' 20
case_is "a wrong password is refused" refused "does not accept the password" \
        as operator "$become" "$password=$scratch/wrong" -- 'id -u' 20
case_is "a password that is missing is named" refused "sudo wants a password" \
        as operator "$become" -- 'id -u' 20

ended() { # as root through sudo: nothing of it is left
        as "$@" "$become" -- "trap '' TERM; sh -c 'trap \"\" TERM; sleep 4711; sleep 4712'" 2
        [ $? -eq 100 ] && ! on link1 pgrep -f 'sleep 471[12]'
}
case_is "a deadline ends what sudo started" ended admin
case_is "and what it started with a password" ended operator "$password=$scratch/password"

on link1 'apt-get install -y -qq --no-install-recommends tcsh fish zsh' >/dev/null 2>&1
hostile=$(cat <<'END'
printf "%s|" "it's" 'a\b\\c' 'hey! !!' '$HOME `id`' '%d' '=ls'
printf "%s" "line two"
END
)
# shellcheck disable=SC2016
wanted='it'"'"'s|a\b\\c|hey! !!|$HOME `id`|%d|=ls|line two'
for shell in /bin/tcsh /usr/bin/fish /bin/zsh /bin/dash /bin/bash; do
        on link1 "usermod -s $shell admin" >/dev/null 2>&1
        case_is "commands arrive whole through $shell" prints "$wanted" as admin -- "$hostile" 20
        case_is "and through $shell and sudo" prints "$wanted" as admin "$become" -- "$hostile" 20
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
