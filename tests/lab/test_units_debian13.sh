#!/usr/bin/env bash
# Debian 13: systemd 257.
. "$(dirname "$0")/units.sh"
units_by_every_way trixie uthirteen
